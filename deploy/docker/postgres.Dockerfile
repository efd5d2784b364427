# PostgreSQL with the settings of production, and the folder that its WAL is archived into.
FROM postgres:15-bookworm
COPY deploy/postgres/postgresql.conf /etc/postgresql/postgresql.conf
# A named volume takes its owner from here.
RUN mkdir -p /wal && chown postgres:postgres /wal && chmod 700 /wal
