-- Accounts that are kept from single members, invitations that wait, and files of all that somebody may see.

create table app.account_restrictions (
  tenant_id uuid not null,
  user_id uuid not null,
  account_id uuid not null,
  created_at timestamptz not null,
  constraint account_restrictions_pkey primary key (tenant_id, user_id, account_id),
  constraint account_restrictions_user foreign key (tenant_id, user_id) references app.users (tenant_id, id) on delete cascade,
  constraint account_restrictions_account foreign key (tenant_id, account_id)
    references app.accounts (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.account_restrictions');
--;;
create index account_restrictions_of_account on app.account_restrictions (tenant_id, account_id);
--;;
select app.protect('app.account_restrictions');
--;;
select app.audited('app.account_restrictions', 'user_id', '');
--;;
-- Who is invited has no key of their own yet: the sealed copy of the address, which the audit log takes, stands under
-- the invitation's.
create table app.invitations (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  email_sealed text not null,
  role text not null constraint invitations_role check (role in ('admin', 'member', 'viewer', 'accountant')),
  hidden_accounts jsonb not null,
  status text not null constraint invitations_status check (status in ('waiting', 'accepted', 'revoked')),
  invited_by uuid,
  accepted_by uuid,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  settled_at timestamptz,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint invitations_pkey primary key (tenant_id, id)
);
--;;
select app.distribute('app.invitations');
--;;
create unique index invitations_waiting on app.invitations (tenant_id, email) where status = 'waiting';
--;;
create index invitations_newest on app.invitations (tenant_id, created_at desc, id desc);
--;;
select app.protect('app.invitations');
--;;
select app.audited('app.invitations', 'id', 'email');
--;;
create table app.exports (
  tenant_id uuid not null,
  id uuid not null,
  status text not null constraint exports_status check (status in ('waiting', 'running', 'ready', 'failed', 'expired')),
  requested_by uuid not null,
  size_bytes bigint,
  created_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz,
  constraint exports_pkey primary key (tenant_id, id),
  constraint exports_user foreign key (tenant_id, requested_by) references app.users (tenant_id, id)
);
--;;
select app.distribute('app.exports');
--;;
create index exports_newest on app.exports (tenant_id, requested_by, created_at desc, id desc);
--;;
create unique index exports_one_at_a_time on app.exports (tenant_id, requested_by) where status in ('waiting', 'running');
--;;
select app.protect('app.exports');
--;;
create table app.export_files (
  tenant_id uuid not null,
  export_id uuid not null,
  seq integer not null,
  content bytea not null,
  constraint export_files_pkey primary key (tenant_id, export_id, seq),
  constraint export_files_export foreign key (tenant_id, export_id) references app.exports (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.export_files');
--;;
select app.protect('app.export_files');
