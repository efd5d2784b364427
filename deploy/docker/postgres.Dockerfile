# PostgreSQL with the settings of production, and the folder that its WAL is archived into.
FROM postgres:15-bookworm
COPY deploy/postgres/postgresql.conf /etc/postgresql/postgresql.conf
COPY deploy/postgres/chronos-postgres /usr/local/bin/
# A named volume takes its owner from here.
RUN chmod 755 /usr/local/bin/chronos-postgres \
 && mkdir -p /wal && chown postgres:postgres /wal && chmod 700 /wal
ENTRYPOINT ["chronos-postgres"]
CMD ["postgres"]
