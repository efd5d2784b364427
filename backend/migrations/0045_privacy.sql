-- What erasing a person needs (docs/decisions/0006): a key of their own, under which what names them is encrypted where
-- it must outlive them. And their consents, the files that they ask for, and how long a workspace keeps what.

create table control.data_keys (
  owner_id uuid not null,
  sealed_key text,
  created_at timestamptz not null,
  destroyed_at timestamptz,
  constraint data_keys_pkey primary key (owner_id),
  constraint data_keys_state check ((sealed_key is null) = (destroyed_at is not null))
);
--;;
-- What a person agreed to or took back. Rows are added and never changed; they go with the person.
create table control.consents (
  identity_id uuid not null,
  at timestamptz not null,
  id uuid not null,
  kind text not null constraint consents_kind check (kind in ('terms', 'privacy', 'whatsapp_processing', 'product_mail')),
  version text not null,
  given boolean not null,
  constraint consents_pkey primary key (identity_id, at, id),
  constraint consents_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
-- Files of all that is kept about a person, for seven days, encrypted under the person's key.
create table control.personal_exports (
  id uuid not null,
  identity_id uuid not null,
  status text not null constraint personal_exports_status check (status in ('waiting', 'running', 'ready', 'failed', 'expired')),
  size_bytes bigint,
  created_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz,
  constraint personal_exports_pkey primary key (id),
  constraint personal_exports_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create index personal_exports_of_identity on control.personal_exports (identity_id, created_at desc);
--;;
create unique index personal_exports_one_at_a_time on control.personal_exports (identity_id) where status in ('waiting', 'running');
--;;
create table control.personal_export_chunks (
  export_id uuid not null,
  seq integer not null,
  content text not null,
  constraint personal_export_chunks_pkey primary key (export_id, seq),
  constraint personal_export_chunks_export foreign key (export_id) references control.personal_exports (id) on delete cascade
);
--;;
grant select, insert, update on control.data_keys to chronos_control;
--;;
grant select, insert on control.consents to chronos_control;
--;;
grant select, insert, update, delete on control.personal_exports, control.personal_export_chunks to chronos_control;
--;;
grant select on control.data_keys, control.consents, control.personal_exports, control.personal_export_chunks to chronos_backup;
--;;
-- Copies of name and e-mail under the person's key. The audit log takes these and leaves the readable ones out.
alter table app.users add column name_sealed text;
--;;
alter table app.users add column email_sealed text;
--;;
drop trigger audit_insert on app.users;
--;;
drop trigger audit_update on app.users;
--;;
drop trigger audit_delete on app.users;
--;;
select app.audited('app.users', 'id', 'name,email');
--;;
-- Chats hold their sender as ciphertext from now on; what earlier rows of the log repeat of it in the clear goes.
alter table app.audit_logs no force row level security;
--;;
update app.audit_logs set before = before - array['name', 'email', 'wa_id', 'bsuid'], after = after - array['name', 'email', 'wa_id', 'bsuid']
  where entity in ('users', 'whatsapp_chats');
--;;
alter table app.audit_logs force row level security;
--;;
-- Days that each kind of data is kept; null is for ever. A workspace without a row has the defaults of the program.
create table app.retention_settings (
  tenant_id uuid not null,
  whatsapp_messages_days integer,
  audit_logs_days integer,
  import_files_days integer not null,
  deleted_transactions_days integer,
  applied_at timestamptz,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint retention_settings_pkey primary key (tenant_id),
  constraint retention_settings_tenant foreign key (tenant_id) references app.tenants (tenant_id),
  constraint retention_settings_days check (
    coalesce(whatsapp_messages_days, 30) between 30 and 3650 and coalesce(audit_logs_days, 365) between 365 and 3650
    and import_files_days between 1 and 365 and coalesce(deleted_transactions_days, 30) between 30 and 3650
  )
);
--;;
select app.distribute('app.retention_settings');
--;;
select app.protect('app.retention_settings');
--;;
select app.audited('app.retention_settings', 'tenant_id', 'applied_at');
