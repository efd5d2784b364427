-- What a workspace asks of its people, whether it is being deleted, and whom of outside it has let in.

alter table app.tenants add column require_second_factor boolean not null default false;
--;;
-- Sessions unused for so long end; null: after the server's own time.
alter table app.tenants add column idle_minutes integer
  constraint tenants_idle check (idle_minutes between 1 and 20160);
--;;
alter table app.tenants add column deletion_requested_at timestamptz;
--;;
alter table app.tenants add column delete_after timestamptz;
--;;
alter table app.tenants add column deletion_export_id uuid;
--;;
-- Operators may look in, reading only, until then; the reason is the workspace's own words.
alter table app.tenants add column support_until timestamptz;
--;;
alter table app.tenants add column support_reason text;
--;;
alter table app.tenants add constraint tenants_deletion
  check ((deletion_requested_at is null) = (delete_after is null));
--;;
alter table app.tenants add constraint tenants_support
  check ((support_until is null) = (support_reason is null));
