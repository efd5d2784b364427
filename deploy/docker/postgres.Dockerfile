# PostgreSQL with the settings of production, and the folder that its WAL is archived into. BASE is another image of it:
# one with Citus makes the nodes of a cluster (docs/scaling.md).
ARG BASE=postgres:15-bookworm
FROM ${BASE}
COPY deploy/postgres/postgresql.conf /etc/postgresql/postgresql.conf
COPY deploy/postgres/chronos-postgres /usr/local/bin/
# A named volume takes its owner from here.
RUN chmod 755 /usr/local/bin/chronos-postgres \
 && mkdir -p /wal && chown postgres:postgres /wal && chmod 700 /wal
# Where it is, it has to be loaded, and before the others.
RUN if ls /usr/lib/postgresql/*/lib/citus.so >/dev/null 2>&1; then \
      sed -i "s/^shared_preload_libraries = '/&citus,/" /etc/postgresql/postgresql.conf; fi
ENTRYPOINT ["chronos-postgres"]
CMD ["postgres"]
