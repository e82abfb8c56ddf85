# In place of the official python image: Debian's own Python under the same name.
FROM overdraft-debian
COPY --from=certificates . /usr/local/share/ca-certificates/
RUN update-ca-certificates \
    && ln -s python3 /usr/bin/python \
    && rm /usr/lib/python3*/EXTERNALLY-MANAGED
