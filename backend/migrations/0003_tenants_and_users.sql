-- A tenant is a workspace. A user is one person's membership of it; the person (identity) lives in the control plane.

create table app.tenants (
  tenant_id uuid not null,
  name text not null constraint tenants_name check (length(name) between 1 and 120),
  currency text not null constraint tenants_currency check (currency ~ '^[A-Z]{3}$'),
  locale text not null,
  timezone text not null,
  status text not null constraint tenants_status check (status in ('active', 'suspended')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint tenants_pkey primary key (tenant_id)
);
--;;
select app.distribute('app.tenants');
--;;
select app.protect('app.tenants');
--;;
select app.audited('app.tenants', 'tenant_id', '');
--;;
create table app.users (
  tenant_id uuid not null,
  id uuid not null,
  identity_id uuid not null,
  name text not null constraint users_name check (length(name) between 1 and 120),
  email text not null,
  role text not null constraint users_role check (role in ('owner', 'admin', 'member', 'viewer')),
  locale text not null,
  status text not null constraint users_status check (status in ('active', 'removed')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint users_pkey primary key (tenant_id, id),
  constraint users_tenant foreign key (tenant_id) references app.tenants (tenant_id)
);
--;;
select app.distribute('app.users');
--;;
create unique index users_identity on app.users (tenant_id, identity_id);
--;;
select app.protect('app.users');
--;;
select app.audited('app.users', 'id', '');
