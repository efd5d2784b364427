-- The months of the audit log on a cluster. A table with triggers is spread there only where a setting allows it; the
-- coordinator's own file of a part is empty whatever lies on the workers, and says nothing of what may go; and what is
-- copied to the workers is copied as the owner, whom forced policies would keep from it.

create function app.bytes_of(p_table regclass) returns bigint
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
declare
  bytes bigint;
begin
  if exists (select from pg_extension where extname = 'citus') then
    execute 'select citus_relation_size(logicalrelid) from pg_dist_partition where logicalrelid = $1' into bytes using p_table;
  end if;
  return coalesce(bytes, pg_relation_size(p_table));
end
$$;
--;;
revoke execute on function app.bytes_of(regclass) from public;
--;;
create or replace function control.keep_audit_months(p_now timestamptz) returns table (part text, happened text)
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '3s' as $$
declare
  wanted timestamptz := date_trunc('month', p_now) + interval '4 months';
  begins timestamptz;
  ends timestamptz;
  name text;
  old record;
begin
  -- Of the owner's own login (platform/roles.ts), which this one, called by another, does not bring; known to a cluster alone.
  execute 'set local citus.enable_unsafe_triggers = on';
  execute 'set local citus.multi_shard_modify_mode = ''sequential''';
  execute 'set local citus.propagate_set_commands = ''local''';
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
      execute format('alter table app.audit_logs_other force row level security');
      execute format('alter table app.audit_logs attach partition app.%I for values from (%L) to (%L)', name, begins, ends);
      execute format('alter table app.%I force row level security', name);
    end;
    part := name;
    happened := 'made';
    return next;
    begins := ends;
  end loop;
  for old in
    select m.part as name from app.audit_months() m
    where m.ends_at < p_now - interval '365 days' and app.bytes_of(format('app.%I', m.part)::regclass) = 0
  loop
    execute format('lock table app.%I in access exclusive mode', old.name);
    if app.bytes_of(format('app.%I', old.name)::regclass) = 0 then
      execute format('drop table app.%I', old.name);
      part := old.name;
      happened := 'ended';
      return next;
    end if;
  end loop;
end
$$;
