-- The audit log by month. Its newest month alone is written and mostly read, so indexes stay small; and a month of which
-- nothing is kept any more goes by dropping a table, not by deleting rows. What is there becomes the first part as it
-- stands: nothing is copied. Months are made three ahead by control.keep_audit_months, which housekeeping calls; should
-- that fail for so long, rows go to the part `audit_logs_other`, are found there by every statement, and are moved when
-- their month is made. Parts have policies of nobody and grants of nobody but the backup's: the way to them is the whole.

alter table app.audit_logs rename to audit_logs_before;
--;;
alter table app.audit_logs_before rename constraint audit_logs_pkey to audit_logs_before_pkey;
--;;
alter index app.audit_logs_entity rename to audit_logs_before_entity;
--;;
drop policy tenant on app.audit_logs_before;
--;;
drop policy written_by_triggers on app.audit_logs_before;
--;;
drop policy retired on app.audit_logs_before;
--;;
drop trigger append_only on app.audit_logs_before;
--;;
revoke all on app.audit_logs_before from chronos_app;
--;;
create table app.audit_logs (
  like app.audit_logs_before including defaults including constraints,
  constraint audit_logs_pkey primary key (tenant_id, at, id)
) partition by range (at);
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
    and (pg_trigger_depth() > 0 or app.is_audit_event(action))
  );
--;;
-- For the functions of the chain, which run as the owner: the policies bind it like everybody.
create policy retired on app.audit_logs for delete
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
--;;
grant select, insert on app.audit_logs to chronos_app;
--;;
grant select on app.audit_logs to chronos_backup;
--;;
create trigger append_only before update or delete on app.audit_logs for each row execute function app.refuse_audit_change();
--;;
create trigger never_emptied before truncate on app.audit_logs for each statement execute function app.refuse_audit_change();
--;;
-- A new part of the log, empty and not yet in its place: locked down like every tenant table, and open to nobody.
create function app.make_audit_part(p_name text) returns void
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create table app.%I (like app.audit_logs including defaults including constraints)', p_name);
  execute format('alter table app.%I alter column tenant_id set statistics 0', p_name);
  execute format('alter table app.%I enable row level security', p_name);
  execute format('alter table app.%I force row level security', p_name);
  execute format('grant select on app.%I to chronos_backup', p_name);
  execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_audit_change()', p_name);
end
$$;
--;;
revoke execute on function app.make_audit_part(text) from public;
--;;
do $$
declare
  newest timestamptz;
begin
  execute 'alter table app.audit_logs_before no force row level security';
  select greatest(max(at), now()) into newest from app.audit_logs_before;
  execute 'alter table app.audit_logs_before force row level security';
  execute format('alter table app.audit_logs attach partition app.audit_logs_before for values from (minvalue) to (%L)',
    (date_trunc('month', newest at time zone 'UTC') + interval '1 month') at time zone 'UTC');
  perform app.make_audit_part('audit_logs_other');
  alter table app.audit_logs attach partition app.audit_logs_other default;
end
$$;
--;;
-- The months that are there, with the instant at which each ends; without the part for what has no month.
create function app.audit_months() returns table (part text, ends_at timestamptz)
language sql stable security invoker set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select c.relname::text, substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([^'']+)''\)')::timestamptz
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'app.audit_logs'::regclass and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
  order by 2
$$;
--;;
revoke execute on function app.audit_months() from public;
--;;
-- Makes the months of the log up to the third after the one given, and ends those that are over for a year and have not
-- a block left: what the retention of every tenant deleted and VACUUM gave back. Gives the names of what was made and
-- ended. Runs as the owner, whom the policies bind: it reads no row, and moves only what waits for a month of its own.
-- Waits for nobody longer than three seconds; it is asked again in an hour.
create function control.keep_audit_months(p_now timestamptz) returns table (part text, happened text)
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '3s' as $$
declare
  wanted timestamptz := date_trunc('month', p_now) + interval '4 months';
  begins timestamptz;
  ends timestamptz;
  name text;
  old record;
begin
  if p_now is null or p_now > clock_timestamp() + interval '5 years' then
    raise exception 'months are made around today' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('chronos.audit.months', 0));
  select max(m.ends_at) into begins from app.audit_months() m;
  while begins < wanted loop
    ends := begins + interval '1 month';
    name := 'audit_logs_' || to_char(begins, 'YYYY_MM');
    perform app.make_audit_part(name);
    begin
      execute format('alter table app.audit_logs attach partition app.%I for values from (%L) to (%L)', name, begins, ends);
    exception when check_violation then
      -- Rows of this month came before it.
      execute format('alter table app.audit_logs_other no force row level security');
      execute format('alter table app.%I no force row level security', name);
      execute format('insert into app.%I select * from app.audit_logs_other where at >= %L and at < %L', name, begins, ends);
      execute 'set local app.audit_ends = ''yes''';
      execute format('delete from app.audit_logs_other where at >= %L and at < %L', begins, ends);
      execute 'set local app.audit_ends = ''no''';
      execute format('alter table app.%I force row level security', name);
      execute format('alter table app.audit_logs_other force row level security');
      execute format('alter table app.audit_logs attach partition app.%I for values from (%L) to (%L)', name, begins, ends);
    end;
    part := name;
    happened := 'made';
    return next;
    begins := ends;
  end loop;
  for old in
    select m.part as name from app.audit_months() m
    where m.ends_at < p_now - interval '365 days' and pg_relation_size(format('app.%I', m.part)) = 0
  loop
    execute format('lock table app.%I in access exclusive mode', old.name);
    if pg_relation_size(format('app.%I', old.name)) = 0 then
      execute format('drop table app.%I', old.name);
      part := old.name;
      happened := 'ended';
      return next;
    end if;
  end loop;
end
$$;
--;;
revoke execute on function control.keep_audit_months(timestamptz) from public;
--;;
grant execute on function control.keep_audit_months(timestamptz) to chronos_control;
--;;
select control.keep_audit_months(now());
