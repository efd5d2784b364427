-- Who changed what: written by the database itself, in the transaction of the change. Append-only: no grant to change
-- or remove a row, and only a trigger, or one of a closed list of events, may write one. The key begins with the
-- instant, since the table will be parted by month.

create table app.audit_logs (
  tenant_id uuid not null,
  at timestamptz not null,
  id uuid not null,
  actor_type text not null constraint audit_logs_actor_type check (actor_type in ('user', 'whatsapp', 'import', 'system')),
  actor_id uuid,
  action text not null,
  entity text not null,
  entity_id uuid,
  before jsonb,
  after jsonb,
  request_id uuid,
  constraint audit_logs_pkey primary key (tenant_id, at, id)
);
--;;
select app.distribute('app.audit_logs');
--;;
create index audit_logs_entity on app.audit_logs (tenant_id, entity_id, at);
--;;
alter table app.audit_logs enable row level security;
--;;
alter table app.audit_logs force row level security;
--;;
create policy tenant on app.audit_logs for select
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
--;;
create policy written_by_triggers on app.audit_logs for insert
  with check (
    tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
    and (pg_trigger_depth() > 0 or action in ('session.started', 'session.ended', 'workspace.created', 'access.refused'))
  );
--;;
grant select, insert on app.audit_logs to chronos_app;
--;;
grant select on app.audit_logs to chronos_backup;
--;;
-- One audit row per changed row. Called by statement triggers, whose transition tables are first read into a variable
-- (a cluster cannot mix them with real tables). Arguments: the table's name (TG_TABLE_NAME is a shard's name on a
-- cluster), the column that names the thing, and columns that are left out because they repeat others.
create function app.audit() returns trigger
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
begin
  if tg_op = 'INSERT' then
    select array_agg(to_jsonb(n)) into images from new_rows n;
    insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, after, request_id)
    select (image ->> 'tenant_id')::uuid, happened, gen_random_uuid(), actor_kind, actor, 'insert', entity,
      (image ->> id_column)::uuid, jsonb_strip_nulls(image - skipped), request
    from unnest(images) as image
    on conflict do nothing;
  elsif tg_op = 'DELETE' then
    select array_agg(to_jsonb(o)) into befores from old_rows o;
    insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, before, request_id)
    select (image ->> 'tenant_id')::uuid, happened, gen_random_uuid(), actor_kind, actor, 'delete', entity,
      (image ->> id_column)::uuid, jsonb_strip_nulls(image - skipped), request
    from unnest(befores) as image
    on conflict do nothing;
  else
    -- The two transition tables of an update list their rows in the same order.
    select array_agg(to_jsonb(n)) into images from new_rows n;
    select array_agg(to_jsonb(o)) into befores from old_rows o;
    insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, before, after, request_id)
    select (pair.image ->> 'tenant_id')::uuid, happened, gen_random_uuid(), actor_kind, actor, 'update', entity,
      (pair.image ->> id_column)::uuid, jsonb_strip_nulls(pair.earlier - skipped), jsonb_strip_nulls(pair.image - skipped), request
    from unnest(befores, images) as pair (earlier, image)
    where pair.earlier is distinct from pair.image
    on conflict do nothing;
  end if;
  return null;
end
$$;
--;;
-- Puts the three audit triggers on a table.
create function app.audited(p_table text, p_id_column text, p_skipped text) returns void
language plpgsql security invoker as $$
declare
  entity text := split_part(p_table, '.', 2);
  arguments text := format('%L, %L, %L', split_part(p_table, '.', 2), p_id_column, p_skipped);
begin
  execute format('create trigger audit_insert after insert on %s referencing new table as new_rows'
    ' for each statement execute function app.audit(%s)', p_table, arguments);
  execute format('create trigger audit_update after update on %s referencing old table as old_rows new table as new_rows'
    ' for each statement execute function app.audit(%s)', p_table, arguments);
  execute format('create trigger audit_delete after delete on %s referencing old table as old_rows'
    ' for each statement execute function app.audit(%s)', p_table, arguments);
end
$$;
--;;
revoke execute on function app.audited(text, text, text) from public;
