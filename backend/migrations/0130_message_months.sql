-- Chat messages by month, like the audit log: the newest months alone are written and mostly read, and an index of theirs
-- is as large as a month. They are parted by their id, which begins with the time it was made at, so nothing of their
-- keys changes. What has to be unique over all months, Meta's id of a message and the one reply to it, cannot be held by
-- an index over parts (a repeated delivery may come in the next month): a table of its own holds it, not parted, kept by
-- triggers as an index is. What is there becomes the first part as it stands: no message is copied.

-- A table that comes after a cluster was made is spread like those that are there, in as many pieces and beside them: else
-- it could neither refer to them nor be joined with them, where a cluster has another number of pieces than is set now.
create or replace function app.distribute(p_table text) returns void
language plpgsql security invoker as $$
declare
  beside text := 'default';
begin
  execute format('alter table %s alter column tenant_id set statistics 0', p_table);
  if exists (select 1 from pg_catalog.pg_extension where extname = 'citus') then
    execute 'select logicalrelid::text from pg_dist_partition where logicalrelid = ''app.tenants''::regclass' into beside;
    execute format('select create_distributed_table(%L, %L, colocate_with => %L)', p_table, 'tenant_id', coalesce(beside, 'default'));
  end if;
end
$$;
--;;
create function app.first_id(p_at timestamptz) returns uuid
language sql immutable strict security invoker set search_path = pg_catalog, pg_temp as $$
  select (lpad(to_hex(floor(extract(epoch from p_at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
--;;
comment on function app.first_id(timestamptz) is 'The smallest id of version 7 that is made at this instant or later.';
--;;
revoke execute on function app.first_id(timestamptz) from public;
--;;
create function app.instant_of(p_id uuid) returns timestamptz
language sql immutable strict security invoker set search_path = pg_catalog, pg_temp as $$
  select to_timestamp(('x0000' || left(replace(p_id::text, '-', ''), 12))::bit(64)::bigint / 1000.0)
$$;
--;;
comment on function app.instant_of(uuid) is 'When an id of version 7 was made.';
--;;
revoke execute on function app.instant_of(uuid) from public;
--;;
-- What is unique over the months of messages: `wamid`, Meta's id of a message, and `reply`, the message that one answers.
create table app.whatsapp_message_keys (
  tenant_id uuid not null,
  kind text not null constraint whatsapp_message_keys_kind check (kind in ('wamid', 'reply')),
  value text not null,
  message_id uuid not null,
  constraint whatsapp_message_keys_pkey primary key (tenant_id, kind, value)
);
--;;
select app.distribute('app.whatsapp_message_keys');
--;;
select app.protect('app.whatsapp_message_keys');
--;;
-- As the owner, whom forced policies would let see nothing.
do $$
begin
  execute 'alter table app.whatsapp_messages no force row level security';
  execute 'alter table app.whatsapp_message_keys no force row level security';
  execute 'insert into app.whatsapp_message_keys (tenant_id, kind, value, message_id)
    select tenant_id, ''wamid'', wamid, id from app.whatsapp_messages where wamid is not null returning kind';
  execute 'insert into app.whatsapp_message_keys (tenant_id, kind, value, message_id)
    select tenant_id, ''reply'', in_reply_to::text, id from app.whatsapp_messages where in_reply_to is not null returning kind';
  execute 'alter table app.whatsapp_message_keys force row level security';
  execute 'alter table app.whatsapp_messages force row level security';
end
$$;
--;;
alter table app.transactions drop constraint transactions_message;
--;;
drop index app.whatsapp_messages_wamid;
--;;
drop index app.whatsapp_messages_reply;
--;;
alter table app.whatsapp_messages rename to whatsapp_messages_before;
--;;
-- The index of a constraint brings its name along; a cluster renames no constraint.
alter index app.whatsapp_messages_pkey rename to whatsapp_messages_before_pkey;
--;;
alter index app.whatsapp_messages_newest rename to whatsapp_messages_before_newest;
--;;
drop policy tenant on app.whatsapp_messages_before;
--;;
revoke all on app.whatsapp_messages_before from chronos_app;
--;;
create table app.whatsapp_messages (
  like app.whatsapp_messages_before including defaults including constraints,
  constraint whatsapp_messages_pkey primary key (tenant_id, id),
  constraint whatsapp_messages_chat foreign key (tenant_id, chat_id) references app.whatsapp_chats (tenant_id, id)
) partition by range (id);
--;;
select app.distribute('app.whatsapp_messages');
--;;
-- In the order of their ids, which is that of handling: Meta's times are whole seconds, and a reply belongs after what
-- it answers.
create index whatsapp_messages_newest on app.whatsapp_messages (tenant_id, chat_id, id desc);
--;;
select app.protect('app.whatsapp_messages');
--;;
-- When the part begins or ends of which this is a bound, in the type of the column that its table is parted by.
create function app.instant_of_bound(p_bound text) returns timestamptz
language sql stable security invoker set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select case when p_bound ~ '^[0-9a-f]{8}-' then app.instant_of(p_bound::uuid) else p_bound::timestamptz end
$$;
--;;
revoke execute on function app.instant_of_bound(text) from public;
--;;
-- The months of a parted table, with the instants at which each begins and ends; the first has all that came before, and
-- no beginning. Without the part for what has no month.
create function app.months_of(p_table text) returns table (part text, begins_at timestamptz, ends_at timestamptz)
language sql stable security invoker set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select m.part, app.instant_of_bound(substring(m.bounds from 'FROM \(''([^'']+)''\)')),
    app.instant_of_bound(substring(m.bounds from 'TO \(''([^'']+)''\)'))
  from (
    select c.relname::text as part, pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = format('app.%I', p_table)::regclass
  ) m
  where m.bounds <> 'DEFAULT'
  order by 3
$$;
--;;
revoke execute on function app.months_of(text) from public;
--;;
-- A new part, empty and not yet in its place: locked down like every tenant table, and open to nobody.
create function app.make_part(p_table text, p_name text) returns void
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
begin
  execute format('create table app.%I (like app.%I including defaults including constraints)', p_name, p_table);
  execute format('alter table app.%I alter column tenant_id set statistics 0', p_name);
  execute format('alter table app.%I enable row level security', p_name);
  execute format('alter table app.%I force row level security', p_name);
  execute format('grant select on app.%I to chronos_backup', p_name);
  if p_table = 'audit_logs' then
    execute format('create trigger never_emptied before truncate on app.%I for each statement execute function app.refuse_audit_change()', p_name);
  end if;
end
$$;
--;;
revoke execute on function app.make_part(text, text) from public;
--;;
-- Where the part of a month begins, in the type of the column that its table is parted by.
create function app.bound_of(p_table text, p_at timestamptz) returns text
language sql stable security invoker set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
  select case a.atttypid when 'uuid'::regtype then app.first_id(p_at)::text else p_at::text end
  from pg_partitioned_table t join pg_attribute a on a.attrelid = t.partrelid and a.attnum = t.partattrs[0]
  where t.partrelid = format('app.%I', p_table)::regclass
$$;
--;;
revoke execute on function app.bound_of(text, timestamptz) from public;
--;;
-- A part takes its place. False where rows of its time wait in the part for what has no month and have to stay there:
-- transactions refer to messages, and while a message is between two parts, it would be in neither.
create function app.take_place(p_table text, p_name text, p_begins timestamptz, p_ends timestamptz) returns boolean
language plpgsql security invoker set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  attach text := format('alter table app.%I attach partition app.%I for values from (%L) to (%L)',
    p_table, p_name, app.bound_of(p_table, p_begins), app.bound_of(p_table, p_ends));
begin
  execute attach;
  return true;
exception when check_violation then
  if p_table <> 'audit_logs' then
    execute format('drop table app.%I', p_name);
    return false;
  end if;
  execute 'alter table app.audit_logs_other no force row level security';
  execute format('alter table app.%I no force row level security', p_name);
  execute format('insert into app.%I select * from app.audit_logs_other where at >= %L and at < %L', p_name, p_begins, p_ends);
  execute 'set local app.audit_ends = ''yes''';
  execute format('delete from app.audit_logs_other where at >= %L and at < %L', p_begins, p_ends);
  execute 'set local app.audit_ends = ''no''';
  execute 'alter table app.audit_logs_other force row level security';
  execute attach;
  execute format('alter table app.%I force row level security', p_name);
  return true;
end
$$;
--;;
revoke execute on function app.take_place(text, text, timestamptz, timestamptz) from public;
--;;
create function app.keep_months_of(p_table text, p_now timestamptz) returns table (part text, happened text)
language plpgsql security invoker set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
declare
  wanted timestamptz := date_trunc('month', p_now) + interval '4 months';
  begins timestamptz;
  ends timestamptz;
  name text;
  old record;
begin
  -- From this month, or from where the months end; those in between may be missing where a clock was ahead once.
  select least(max(m.ends_at), date_trunc('month', p_now)) into begins from app.months_of(p_table) m;
  while begins < wanted loop
    ends := begins + interval '1 month';
    name := p_table || '_' || to_char(begins, 'YYYY_MM');
    if not exists (
      select from app.months_of(p_table) m where m.ends_at > begins and (m.begins_at is null or m.begins_at <= begins)
    ) then
      perform app.make_part(p_table, name);
      if app.take_place(p_table, name, begins, ends) then
        part := name;
        happened := 'made';
        return next;
      end if;
    end if;
    begins := ends;
  end loop;
  for old in
    select m.part as name from app.months_of(p_table) m
    where m.ends_at < p_now - interval '365 days' and app.bytes_of(format('app.%I', m.part)::regclass) = 0
  loop
    execute format('lock table app.%I in access exclusive mode', old.name);
    if app.bytes_of(format('app.%I', old.name)::regclass) = 0 then
      -- A part that others refer to is taken from its place first, which asks whether anything does.
      execute format('alter table app.%I detach partition app.%I', p_table, old.name);
      execute format('drop table app.%I', old.name);
      part := old.name;
      happened := 'ended';
      return next;
    end if;
  end loop;
end
$$;
--;;
revoke execute on function app.keep_months_of(text, timestamptz) from public;
--;;
-- Makes the months of the audit log and of messages up to the third after the one given, and ends those that are over for
-- a year and have not a block left: what the retention of every tenant deleted and VACUUM gave back. Gives the names of
-- what was made and ended. Runs as the owner, whom the policies bind: it reads no row, and moves only what waits for a
-- month of its own. Waits for nobody longer than three seconds; it is asked again in an hour.
create function control.keep_months(p_now timestamptz) returns table (part text, happened text)
language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '3s' as $$
begin
  -- Of the owner's own login (platform/roles.ts), which this one, called by another, does not bring; known to a cluster alone.
  execute 'set local citus.enable_unsafe_triggers = on';
  execute 'set local citus.multi_shard_modify_mode = ''sequential''';
  execute 'set local citus.propagate_set_commands = ''local''';
  if p_now is null or p_now > clock_timestamp() + interval '5 years' then
    raise exception 'months are made around today' using errcode = '22023';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('chronos.months', 0));
  return query select * from app.keep_months_of('audit_logs', p_now);
  return query select * from app.keep_months_of('whatsapp_messages', p_now);
end
$$;
--;;
revoke execute on function control.keep_months(timestamptz) from public;
--;;
grant execute on function control.keep_months(timestamptz) to chronos_control;
--;;
do $$
declare
  newest timestamptz;
begin
  execute 'alter table app.whatsapp_messages_before no force row level security';
  execute 'select greatest(max(app.instant_of(id)), now()) from app.whatsapp_messages_before' into newest;
  execute 'alter table app.whatsapp_messages_before force row level security';
  execute format('alter table app.whatsapp_messages attach partition app.whatsapp_messages_before for values from (minvalue) to (%L)',
    app.bound_of('whatsapp_messages', date_trunc('month', newest at time zone 'UTC') at time zone 'UTC' + interval '1 month'));
  perform app.make_part('whatsapp_messages', 'whatsapp_messages_other');
  alter table app.whatsapp_messages attach partition app.whatsapp_messages_other default;
end
$$;
--;;
alter table app.transactions add constraint transactions_message
  foreign key (tenant_id, whatsapp_message_id) references app.whatsapp_messages (tenant_id, id);
--;;
-- What an index over all months would do: an inbound message that is there already is not stored again, and whoever
-- inserts it is told that there is no new row, as by "on conflict do nothing"; a second reply, and an id of Meta's that
-- another message has, are refused.
create function app.keep_message_keys() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op <> 'INSERT' then
    delete from app.whatsapp_message_keys k
      where k.tenant_id = old.tenant_id and k.kind = 'wamid' and k.value = old.wamid and k.message_id = old.id
        and (tg_op = 'DELETE' or new.wamid is distinct from old.wamid);
  end if;
  if tg_op = 'DELETE' then
    delete from app.whatsapp_message_keys k
      where k.tenant_id = old.tenant_id and k.kind = 'reply' and k.value = old.in_reply_to::text and k.message_id = old.id;
    return null;
  end if;
  if tg_op = 'UPDATE' then
    if new.wamid is distinct from old.wamid and new.wamid is not null then
      insert into app.whatsapp_message_keys (tenant_id, kind, value, message_id)
        values (new.tenant_id, 'wamid', new.wamid, new.id);
    end if;
    return null;
  end if;
  if new.wamid is not null then
    insert into app.whatsapp_message_keys (tenant_id, kind, value, message_id)
      values (new.tenant_id, 'wamid', new.wamid, new.id) on conflict do nothing;
    if not found then
      if new.direction = 'inbound' then
        return null;
      end if;
      raise exception 'another message has this id of Meta''s' using errcode = '23505', constraint = 'whatsapp_message_keys_pkey';
    end if;
  end if;
  if new.in_reply_to is not null then
    insert into app.whatsapp_message_keys (tenant_id, kind, value, message_id)
      values (new.tenant_id, 'reply', new.in_reply_to::text, new.id);
  end if;
  return new;
end
$$;
--;;
revoke execute on function app.keep_message_keys() from public;
--;;
create trigger keep_keys_of_new before insert on app.whatsapp_messages
  for each row execute function app.keep_message_keys();
--;;
create trigger keep_keys_of_changed after update of wamid or delete on app.whatsapp_messages
  for each row execute function app.keep_message_keys();
--;;
select control.keep_months(now());
--;;
drop function control.keep_audit_months(timestamptz);
--;;
drop function app.make_audit_part(text);
--;;
drop function app.audit_months();
