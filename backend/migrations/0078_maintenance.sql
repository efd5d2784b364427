-- What the nightly maintenance came to, for `make db-report`; and vacuum and statistics of the tables that change most,
-- sooner than the server's settings ask for.

create table control.maintenance_runs (
  at timestamptz not null,
  id uuid not null,
  ok boolean not null,
  tables jsonb not null,
  duration_ms bigint not null,
  error text,
  constraint maintenance_runs_pkey primary key (at, id)
);
--;;
grant select on control.maintenance_runs to chronos_control, chronos_backup;
--;;
-- Totals are rewritten with every booking: dead rows by the share of a few, whatever the table has grown to.
alter table app.account_totals set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
--;;
alter table app.account_days set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
--;;
alter table app.monthly_totals set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
--;;
-- Sessions, events and jobs come, change and go all day.
alter table control.sessions set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
--;;
alter table control.inbound_events set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500);
--;;
alter table pgboss.job_common set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500);
--;;
-- A large import is a piece of 5,000 rows or more: statistics follow within a minute of it, however large the table is.
alter table app.transactions set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
--;;
alter table app.transaction_lines set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
