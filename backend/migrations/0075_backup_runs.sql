-- What the backup service did last, so that health, metrics and `make db-report` can tell how fresh the backups are.
-- The login that reads all for a backup writes nothing, so the control login writes these rows.

create table control.backup_runs (
  at timestamptz not null,
  id uuid not null,
  ok boolean not null,
  name text,
  row_count bigint not null,
  size_bytes bigint not null,
  duration_ms bigint not null,
  copied boolean not null,
  error text,
  constraint backup_runs_pkey primary key (at, id)
);
--;;
grant select, insert, delete on control.backup_runs to chronos_control;
--;;
grant select on control.backup_runs to chronos_backup;
