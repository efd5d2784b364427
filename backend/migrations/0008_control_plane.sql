-- What is not a tenant's: persons, their sessions and memberships, and inbound events before it is known whose they
-- are. The application login has no grant here; the narrow control login has, and sees no tenant table.

create table control.identities (
  id uuid not null,
  email text not null,
  password_hash text not null,
  name text not null,
  locale text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint identities_pkey primary key (id)
);
--;;
create unique index identities_email on control.identities (email);
--;;
-- Which workspaces a person belongs to. The role stands in app.users alone. A pending row is a registration whose
-- second transaction (the tenant) has not been seen to commit: signing in completes it.
create table control.memberships (
  identity_id uuid not null,
  tenant_id uuid not null,
  user_id uuid not null,
  tenant_name text not null,
  state text not null constraint memberships_state check (state in ('pending', 'active', 'removed')),
  setup jsonb,
  created_at timestamptz not null,
  last_used_at timestamptz,
  constraint memberships_pkey primary key (identity_id, tenant_id),
  constraint memberships_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create index memberships_tenant on control.memberships (tenant_id);
--;;
create table control.sessions (
  id uuid not null,
  identity_id uuid not null,
  tenant_id uuid not null,
  user_id uuid not null,
  refresh_hash text not null,
  previous_hash text,
  rotated_at timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  user_agent text,
  ip text,
  constraint sessions_pkey primary key (id),
  constraint sessions_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create index sessions_of_identity on control.sessions (identity_id);
--;;
create table control.whatsapp_link_codes (
  code_hash text not null,
  tenant_id uuid not null,
  user_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint whatsapp_link_codes_pkey primary key (code_hash)
);
--;;
create index whatsapp_link_codes_user on control.whatsapp_link_codes (tenant_id, user_id);
--;;
-- To whom a sender belongs, by business-scoped user id or, where Meta gives none, by phone: written by redeeming a
-- code and by nothing else.
create table control.whatsapp_senders (
  phone_number_id text not null,
  sender_key text not null,
  tenant_id uuid not null,
  user_id uuid not null,
  chat_id uuid not null,
  linked_at timestamptz not null,
  constraint whatsapp_senders_pkey primary key (phone_number_id, sender_key)
);
--;;
create index whatsapp_senders_chat on control.whatsapp_senders (tenant_id, chat_id);
--;;
-- Webhook events before they are routed; the payload goes when the event has reached its tenant.
create table control.inbound_events (
  id uuid not null,
  phone_number_id text not null,
  event_key text not null,
  sender_key text,
  payload jsonb,
  received_at timestamptz not null,
  processed_at timestamptz,
  outcome text,
  constraint inbound_events_pkey primary key (id)
);
--;;
create unique index inbound_events_once on control.inbound_events (phone_number_id, event_key);
--;;
create index inbound_events_waiting on control.inbound_events (received_at) where processed_at is null;
--;;
grant select, insert, update, delete on control.identities, control.memberships, control.sessions,
  control.whatsapp_link_codes, control.whatsapp_senders, control.inbound_events to chronos_control;
--;;
grant select on all tables in schema control to chronos_backup;
--;;
-- The one way into the queue for the application: names a queue of a closed list, a tenant and a subject, so that a
-- payload can hold ids and nothing else. Security definer, since the application has no grant on the queue itself; it
-- touches no tenant table. A job joins the caller's transaction.
create function control.enqueue(p_queue text, p_tenant uuid, p_subject uuid, p_start_after timestamptz) returns uuid
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  job uuid := gen_random_uuid();
begin
  insert into pgboss.job (id, name, data, start_after, keep_until, retry_limit, retry_delay, retry_backoff,
    expire_seconds, deletion_seconds, policy)
  select job, q.name, jsonb_build_object('tenantId', p_tenant, 'subjectId', p_subject),
    coalesce(p_start_after, now()), now() + q.retention_seconds * interval '1 second', q.retry_limit, q.retry_delay,
    q.retry_backoff, q.expire_seconds, q.deletion_seconds, q.policy
  from pgboss.queue q where q.name = p_queue;
  if not found then
    raise exception 'no queue %', p_queue;
  end if;
  return job;
end
$$;
--;;
revoke execute on function control.enqueue(text, uuid, uuid, timestamptz) from public;
--;;
grant execute on function control.enqueue(text, uuid, uuid, timestamptz) to chronos_app, chronos_control;
