-- What identity, access and audit build on: whether an e-mail is verified, when a person last proved who they are,
-- secrets of links, mails that wait, and a tenant's context that also tells session, address and hidden accounts.

alter table control.identities add column email_verified_at timestamptz;
--;;
alter table control.sessions add column proved_at timestamptz;
--;;
update control.sessions set proved_at = created_at;
--;;
alter table control.sessions alter column proved_at set not null;
--;;
alter table control.sessions add column method text;
--;;
update control.sessions set method = 'password';
--;;
alter table control.sessions alter column method set not null;
--;;
-- Secrets of links that go by mail: hashed, used once, at an end. The purpose says what following one does.
create table control.link_tokens (
  token_hash text not null,
  purpose text not null constraint link_tokens_purpose
    check (purpose in ('verify_email', 'reset_password', 'change_email', 'invitation', 'finish_registration')),
  identity_id uuid,
  tenant_id uuid,
  subject_id uuid,
  email text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint link_tokens_pkey primary key (token_hash),
  constraint link_tokens_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
create index link_tokens_of_identity on control.link_tokens (identity_id, purpose);
--;;
create index link_tokens_of_subject on control.link_tokens (tenant_id, subject_id) where subject_id is not null;
--;;
-- Mails that wait to be sent. A mail with a link has no secret yet: the job makes it, keeps its hash, and sends it, so
-- that neither this table nor the queue ever holds one.
create table control.mails (
  id uuid not null,
  kind text not null,
  recipient text not null,
  locale text not null,
  identity_id uuid,
  tenant_id uuid,
  subject_id uuid,
  params jsonb not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  constraint mails_pkey primary key (id)
);
--;;
create index mails_of_identity on control.mails (identity_id);
--;;
grant select, insert, update, delete on control.link_tokens, control.mails to chronos_control;
--;;
grant select on control.link_tokens, control.mails to chronos_backup;
--;;
alter table app.audit_logs add column session_id uuid;
--;;
alter table app.audit_logs add column ip text;
--;;
alter table app.audit_logs drop constraint audit_logs_actor_type;
--;;
alter table app.audit_logs add constraint audit_logs_actor_type
  check (actor_type in ('user', 'token', 'whatsapp', 'import', 'operator', 'system'));
--;;
-- The closed list of events that the application may write itself (AUDIT_EVENTS of contracts/src/audit.ts). None of
-- them has the name of what a trigger writes.
create function app.is_audit_event(p_action text) returns boolean
language sql immutable security invoker as $$
  select p_action = any (array['workspace.created', 'session.started', 'session.refused', 'session.ended',
    'session.reused', 'session.proved', 'access.refused', 'password.changed', 'email.verified', 'email.changed',
    'factor.added', 'factor.removed', 'factor.recovery_used', 'token.created', 'token.revoked', 'export.requested',
    'export.downloaded', 'audit.exported', 'support.allowed', 'support.started', 'support.ended', 'operator.created',
    'operator.suspended', 'operator.resumed', 'operator.plan_changed', 'operator.limits_changed', 'privacy.exported',
    'privacy.erased', 'privacy.consent', 'retention.applied'])
$$;
--;;
revoke execute on function app.is_audit_event(text) from public;
--;;
grant execute on function app.is_audit_event(text) to chronos_app;
--;;
drop policy written_by_triggers on app.audit_logs;
--;;
create policy written_by_triggers on app.audit_logs for insert
  with check (
    tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    and (pg_trigger_depth() > 0 or app.is_audit_event(action))
  );
--;;
drop function app.enter(uuid, uuid, text, uuid);
--;;
-- Enters a tenant for the rest of the transaction. SET LOCAL, never set_config(): only the first reaches a cluster's
-- workers. Every value is typed or one of a closed list. Accounts that are kept from the actor are hidden by policies
-- (migration of account visibility).
create function app.enter(p_tenant uuid, p_actor uuid, p_actor_type text, p_request uuid, p_session uuid, p_ip inet,
  p_hidden uuid[]) returns void
language plpgsql security invoker as $$
begin
  if p_actor_type not in ('user', 'token', 'whatsapp', 'import', 'operator', 'system') then
    raise exception 'unknown actor type';
  end if;
  execute format('set local app.tenant_id = %L', p_tenant);
  execute format('set local app.actor_id = %L', coalesce(p_actor::text, ''));
  execute format('set local app.actor_type = %L', p_actor_type);
  execute format('set local app.request_id = %L', coalesce(p_request::text, ''));
  if p_session is not null then
    execute format('set local app.session_id = %L', p_session);
  end if;
  if p_ip is not null then
    execute format('set local app.ip = %L', host(p_ip));
  end if;
  if cardinality(p_hidden) > 0 then
    execute format('set local app.hidden_accounts = %L', p_hidden);
  end if;
end
$$;
--;;
revoke execute on function app.enter(uuid, uuid, text, uuid, uuid, inet, uuid[]) from public;
--;;
grant execute on function app.enter(uuid, uuid, text, uuid, uuid, inet, uuid[]) to chronos_app;
--;;
create or replace function app.audit() returns trigger
language plpgsql security invoker as $$
declare
  images jsonb[];
  befores jsonb[];
  entity text := tg_argv[0];
  id_column text := coalesce(tg_argv[1], 'id');
  skipped text[] := array['tenant_id'] || string_to_array(coalesce(tg_argv[2], ''), ',');
  happened timestamptz := clock_timestamp();
  actor uuid := nullif(current_setting('app.actor_id', true), '')::uuid;
  actor_kind text := coalesce(nullif(current_setting('app.actor_type', true), ''), 'system');
  request uuid := nullif(current_setting('app.request_id', true), '')::uuid;
  session uuid := nullif(current_setting('app.session_id', true), '')::uuid;
  address text := nullif(current_setting('app.ip', true), '');
begin
  if tg_op = 'INSERT' then
    select array_agg(to_jsonb(n)) into images from new_rows n;
    insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, after, request_id, session_id, ip)
    select (image ->> 'tenant_id')::uuid, happened, gen_random_uuid(), actor_kind, actor, 'insert', entity,
      (image ->> id_column)::uuid, jsonb_strip_nulls(image - skipped), request, session, address
    from unnest(images) as image
    on conflict do nothing;
  elsif tg_op = 'DELETE' then
    select array_agg(to_jsonb(o)) into befores from old_rows o;
    insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, before, request_id, session_id, ip)
    select (image ->> 'tenant_id')::uuid, happened, gen_random_uuid(), actor_kind, actor, 'delete', entity,
      (image ->> id_column)::uuid, jsonb_strip_nulls(image - skipped), request, session, address
    from unnest(befores) as image
    on conflict do nothing;
  else
    -- The two transition tables of an update list their rows in the same order.
    select array_agg(to_jsonb(n)) into images from new_rows n;
    select array_agg(to_jsonb(o)) into befores from old_rows o;
    insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, before, after, request_id, session_id, ip)
    select (pair.image ->> 'tenant_id')::uuid, happened, gen_random_uuid(), actor_kind, actor, 'update', entity,
      (pair.image ->> id_column)::uuid, jsonb_strip_nulls(pair.earlier - skipped), jsonb_strip_nulls(pair.image - skipped), request, session, address
    from unnest(befores, images) as pair (earlier, image)
    where pair.earlier is distinct from pair.image
    on conflict do nothing;
  end if;
  return null;
end
$$;
--;;
alter table app.users drop constraint users_role;
--;;
alter table app.users add constraint users_role
  check (role in ('owner', 'admin', 'member', 'viewer', 'accountant'));
--;;
-- What happened to a person's sign-in, whatever workspace it was for: what they see under Security. A tenant's own
-- audit log has its part of it too.
create table control.security_events (
  identity_id uuid not null,
  at timestamptz not null,
  id uuid not null,
  event text not null,
  tenant_id uuid,
  session_id uuid,
  ip text,
  user_agent text,
  constraint security_events_pkey primary key (identity_id, at, id),
  constraint security_events_identity foreign key (identity_id) references control.identities (id) on delete cascade
);
--;;
grant select, insert, update, delete on control.security_events to chronos_control;
--;;
grant select on control.security_events to chronos_backup;
