# In place of the PgBouncer image: Debian's PgBouncer, with pg_isready, under the same name.
FROM overdraft-debian
RUN apt-get update \
    && apt-get install --yes --no-install-recommends pgbouncer postgresql-client-17
