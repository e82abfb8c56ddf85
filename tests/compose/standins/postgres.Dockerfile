# In place of the official postgres image: Debian's PostgreSQL with the same user, folders and
# variables, as far as docker-compose.yml uses them.
FROM overdraft-debian
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql postgres \
    && mkdir /etc/postgresql-common \
    && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
    && apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-17 \
    && install --directory --owner postgres --group postgres --mode 1777 /var/lib/postgresql/data
ENV LANG=C.UTF-8 PATH=$PATH:/usr/lib/postgresql/17/bin PGDATA=/var/lib/postgresql/data
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
