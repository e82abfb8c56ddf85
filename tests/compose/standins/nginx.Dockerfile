# In place of the official nginx image: Debian's nginx under the same name.
FROM overdraft-debian
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nginx
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
