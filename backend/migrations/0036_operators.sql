-- Operators of the server: no users of any workspace. Their sessions, what they did, and their looks into workspaces
-- that let them in.

create table control.operators (
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text not null,
  totp_secret text not null,
  totp_last_step bigint not null,
  created_at timestamptz not null,
  last_seen_at timestamptz,
  constraint operators_pkey primary key (id)
);
--;;
create unique index operators_email on control.operators (email);
--;;
create table control.operator_sessions (
  id uuid not null,
  secret_hash text not null,
  operator_id uuid not null,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  ended_at timestamptz,
  ip text,
  user_agent text,
  constraint operator_sessions_pkey primary key (id),
  constraint operator_sessions_operator foreign key (operator_id) references control.operators (id) on delete cascade
);
--;;
create index operator_sessions_of_operator on control.operator_sessions (operator_id);
--;;
-- Read and added to, never changed: not even by the login that writes it.
create table control.operator_acts (
  at timestamptz not null,
  id uuid not null,
  operator_id uuid,
  operator_name text,
  act text not null,
  tenant_id uuid,
  detail text,
  ip text,
  constraint operator_acts_pkey primary key (at, id)
);
--;;
create index operator_acts_of_tenant on control.operator_acts (tenant_id, at, id);
--;;
create table control.support_sessions (
  id uuid not null,
  secret_hash text not null,
  operator_id uuid not null,
  tenant_id uuid not null,
  started_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  constraint support_sessions_pkey primary key (id),
  constraint support_sessions_operator foreign key (operator_id) references control.operators (id) on delete cascade
);
--;;
create index support_sessions_of_operator on control.support_sessions (operator_id);
--;;
create index support_sessions_open on control.support_sessions (expires_at) where ended_at is null;
--;;
-- Signatures of the billing system that were taken: each sets a plan once, for one tenant.
create table control.billing_signatures (
  signature_hash text not null,
  tenant_id uuid not null,
  at timestamptz not null,
  constraint billing_signatures_pkey primary key (signature_hash)
);
--;;
create index sessions_of_tenant on control.sessions (tenant_id) where ended_at is null;
--;;
grant select, insert, update, delete on control.operators, control.operator_sessions, control.support_sessions,
  control.billing_signatures to chronos_control;
--;;
grant select, insert on control.operator_acts to chronos_control;
--;;
grant select on control.operators, control.operator_sessions, control.operator_acts, control.support_sessions,
  control.billing_signatures to chronos_backup;
