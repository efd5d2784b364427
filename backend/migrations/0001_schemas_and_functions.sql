-- Schemas, and the functions that every tenant table uses. Statements are parted by lines of "--;;", since each
-- travels as a message of its own (a cluster refuses several in one string).

create schema if not exists app;
--;;
create schema if not exists control;
--;;
grant usage on schema app to chronos_app, chronos_control, chronos_backup;
--;;
grant usage on schema control to chronos_app, chronos_control, chronos_backup;
--;;
-- Enters a tenant for the rest of the transaction. SET LOCAL, never set_config(): only the first reaches a cluster's
-- workers. All four values are UUIDs or one of a closed list, made by the server.
create function app.enter(p_tenant uuid, p_actor uuid, p_actor_type text, p_request uuid) returns void
language plpgsql security invoker as $$
begin
  if p_actor_type not in ('user', 'whatsapp', 'import', 'system') then
    raise exception 'unknown actor type';
  end if;
  execute format('set local app.tenant_id = %L', p_tenant);
  execute format('set local app.actor_id = %L', coalesce(p_actor::text, ''));
  execute format('set local app.actor_type = %L', p_actor_type);
  execute format('set local app.request_id = %L', coalesce(p_request::text, ''));
end
$$;
--;;
-- Makes a new table a tenant's. No statistics are kept on tenant_id: with them, a tenant that came since the last
-- ANALYZE looks empty to the planner, which then takes any index that begins with tenant_id for as good as another.
-- Without them each tenant is supposed to have a two-hundredth of the rows. On a cluster, spreads the table by
-- tenant_id.
create function app.distribute(p_table text) returns void
language plpgsql security invoker as $$
begin
  execute format('alter table %s alter column tenant_id set statistics 0', p_table);
  if exists (select 1 from pg_catalog.pg_extension where extname = 'citus') then
    execute format('select create_distributed_table(%L, %L)', p_table, 'tenant_id');
  end if;
end
$$;
--;;
-- Locks a tenant table down: row level security enabled and forced, one policy for reading and writing, and data
-- manipulation for the application.
create function app.protect(p_table text) returns void
language plpgsql security invoker as $$
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);
  execute format(
    'create policy tenant on %s using (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)'
    ' with check (tenant_id = nullif(current_setting(''app.tenant_id'', true), '''')::uuid)', p_table);
  execute format('grant select, insert, update, delete on %s to chronos_app', p_table);
  execute format('grant select on %s to chronos_backup', p_table);
end
$$;
--;;
revoke execute on function app.distribute(text) from public;
--;;
revoke execute on function app.protect(text) from public;
--;;
revoke execute on function app.enter(uuid, uuid, text, uuid) from public;
--;;
grant execute on function app.enter(uuid, uuid, text, uuid) to chronos_app;
