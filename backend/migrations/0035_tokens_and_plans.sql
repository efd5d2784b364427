-- API tokens, plans, and what the control plane knows of each tenant: its plan, its state and counts of its use. No
-- money and no text of a tenant stands here.

create table control.api_tokens (
  id uuid not null,
  token_hash text not null,
  hint text not null,
  name text not null,
  scopes jsonb not null,
  tenant_id uuid not null,
  user_id uuid not null,
  identity_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  last_used_at timestamptz,
  last_used_ip text,
  revoked_at timestamptz,
  revoke_reason text,
  constraint api_tokens_pkey primary key (id),
  constraint api_tokens_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create unique index api_tokens_hash on control.api_tokens (token_hash);
--;;
create index api_tokens_of_member on control.api_tokens (tenant_id, user_id);
--;;
create index api_tokens_of_identity on control.api_tokens (identity_id);
--;;
create table control.plans (
  id text not null constraint plans_id check (id ~ '^[a-z][a-z0-9-]{0,39}$'),
  name text not null,
  limits jsonb not null,
  features jsonb not null,
  is_default boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint plans_pkey primary key (id)
);
--;;
create unique index plans_default on control.plans (is_default) where is_default;
--;;
insert into control.plans (id, name, limits, features, is_default, created_at, updated_at)
values ('free', 'Free',
  '{"members": null, "accounts": null, "transactionsPerMonth": null, "storageBytes": null, "whatsappMessagesPerMonth": null}',
  '{"whatsapp": true, "imports": true, "exports": true, "apiTokens": true}', true, now(), now());
--;;
create table control.registered_tenants (
  tenant_id uuid not null,
  name text not null,
  plan_id text not null,
  status text not null constraint registered_tenants_status check (status in ('active', 'suspended', 'deleting')),
  suspended_at timestamptz,
  suspended_reason text,
  overrides jsonb not null,
  usage jsonb not null,
  usage_at timestamptz,
  support_until timestamptz,
  delete_after timestamptz,
  created_at timestamptz not null,
  last_active_at timestamptz,
  version integer not null default 1,
  constraint registered_tenants_pkey primary key (tenant_id),
  constraint registered_tenants_plan foreign key (plan_id) references control.plans (id)
);
--;;
create index registered_tenants_newest on control.registered_tenants (created_at, tenant_id);
--;;
create index registered_tenants_of_plan on control.registered_tenants (plan_id);
--;;
insert into control.registered_tenants (tenant_id, name, plan_id, status, overrides, usage, created_at, last_active_at)
select m.tenant_id, min(m.tenant_name), 'free', 'active', '{"limits": {}, "features": {}}', '{}', min(m.created_at),
  max(m.last_used_at)
from control.memberships m group by m.tenant_id
on conflict do nothing;
--;;
grant select, insert, update, delete on control.api_tokens, control.plans, control.registered_tenants to chronos_control;
--;;
grant select on control.api_tokens, control.plans, control.registered_tenants to chronos_backup;
--;;
-- Whoever makes a workspace makes its first membership: from then on the control plane knows it, under the plan that
-- new workspaces get. One that was made with a plan of its own is there already.
create function control.know_tenant() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.registered_tenants (tenant_id, name, plan_id, status, overrides, usage, created_at)
  select new.tenant_id, new.tenant_name, p.id, 'active', '{"limits": {}, "features": {}}', '{}', new.created_at
  from control.plans p where p.is_default
  on conflict (tenant_id) do nothing;
  return null;
end
$$;
--;;
revoke execute on function control.know_tenant() from public;
--;;
create trigger know_tenant after insert on control.memberships for each row execute function control.know_tenant();
