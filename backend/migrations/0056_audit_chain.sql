-- The audit log's chain of hashes, one per tenant, in a table of its own. A row gets its number when it is sealed, some
-- seconds after its transaction began, so numbers follow the order in which rows were found and not their instants: a
-- commit that was still under way gets a later number, and nothing is ever put between. The application may read seals
-- and ask for new ones; the numbers and hashes are made here, so that it can neither write nor change one. What the
-- owner of the database could rewrite is held by heads that are published outside (modules/audit).

create table app.audit_seals (
  tenant_id uuid not null,
  seq bigint not null,
  audit_id uuid not null,
  at timestamptz not null,
  version smallint not null,
  prev_hash bytea not null,
  hash bytea not null,
  sealed_at timestamptz not null,
  constraint audit_seals_pkey primary key (tenant_id, seq)
);
--;;
select app.distribute('app.audit_seals');
--;;
create unique index audit_seals_row on app.audit_seals (tenant_id, at, audit_id);
--;;
alter table app.audit_seals enable row level security;
--;;
alter table app.audit_seals force row level security;
--;;
create policy tenant on app.audit_seals
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
--;;
grant select on app.audit_seals to chronos_app, chronos_backup;
--;;
-- For the functions below, which run as the owner: the policies bind it like everybody.
create policy retired on app.audit_logs for delete
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
--;;
-- Rows of the log and of its chain stay as they are. They end by the functions below alone, which name themselves.
create function app.refuse_audit_change() returns trigger
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and current_user = 'chronos_owner' and current_setting('app.audit_ends', true) = 'yes' then
    return old;
  end if;
  raise exception 'the audit log is append-only' using errcode = '42501';
end
$$;
--;;
revoke execute on function app.refuse_audit_change() from public;
--;;
create trigger append_only before update or delete on app.audit_logs for each row execute function app.refuse_audit_change();
--;;
create trigger append_only before update or delete on app.audit_seals for each row execute function app.refuse_audit_change();
--;;
create trigger never_emptied before truncate on app.audit_logs for each statement execute function app.refuse_audit_change();
--;;
create trigger never_emptied before truncate on app.audit_seals for each statement execute function app.refuse_audit_change();
--;;
-- One field of what is hashed: its length in bytes as four bytes, then its bytes; null is the length -1. No two lists of
-- fields have the same bytes.
create function app.audit_field(p_text text) returns bytea
language sql immutable security invoker set search_path = pg_catalog, pg_temp as $$
  select case when p_text is null then int4send(-1)
    else int4send(octet_length(convert_to(p_text, 'UTF8'))) || convert_to(p_text, 'UTF8') end
$$;
--;;
revoke execute on function app.audit_field(text) from public;
--;;
-- Seals rows of the tenant that is entered: those older than five seconds and not yet sealed, in the order of their
-- instants. A row that appears more than an hour before the newest sealed one is left out: no transaction of ours lasts
-- that long, so it was put there afterwards, and `verify` names it. Runs as the owner, whom the policies bind, and checks
-- the tenant that it is given; one sealer at a time for each tenant.
create function app.seal_audit(p_tenant uuid, p_limit integer)
returns table (sealed_rows integer, head_seq bigint, head_hash text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  happening timestamptz := clock_timestamp();
  number bigint;
  chained bytea;
  first_at timestamptz;
  found_rows integer := 0;
  r record;
begin
  if p_tenant is null or p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
    raise exception 'the audit log of another tenant' using errcode = '42501';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('chronos.audit.' || p_tenant, 0));
  select s.seq, s.hash into number, chained from app.audit_seals s where s.tenant_id = p_tenant order by s.seq desc limit 1;
  number := coalesce(number, 0);
  chained := coalesce(chained, decode(repeat('00', 32), 'hex'));
  select s.at - interval '1 hour' into first_at from app.audit_seals s where s.tenant_id = p_tenant order by s.at desc limit 1;
  for r in
    select l.* from app.audit_logs l
    where l.tenant_id = p_tenant and l.at >= coalesce(first_at, '-infinity') and l.at < happening - interval '5 seconds'
      and not exists (select from app.audit_seals s where s.tenant_id = p_tenant and s.at = l.at and s.audit_id = l.id)
    order by l.at, l.id limit p_limit
  loop
    number := number + 1;
    found_rows := found_rows + 1;
    declare
      before_it bytea := chained;
    begin
      chained := sha256(
        app.audit_field('chronos.audit.v1') || app.audit_field(number::text) || app.audit_field(r.tenant_id::text)
        || app.audit_field(to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || app.audit_field(r.id::text)
        || app.audit_field(r.actor_type) || app.audit_field(r.actor_id::text) || app.audit_field(r.action)
        || app.audit_field(r.entity) || app.audit_field(r.entity_id::text) || app.audit_field(r.before::text)
        || app.audit_field(r.after::text) || app.audit_field(r.request_id::text) || app.audit_field(r.session_id::text)
        || app.audit_field(r.ip) || before_it);
      insert into app.audit_seals (tenant_id, seq, audit_id, at, version, prev_hash, hash, sealed_at)
      values (p_tenant, number, r.id, r.at, 1, before_it, chained, happening);
    end;
  end loop;
  return query select found_rows, number, encode(chained, 'hex');
end
$$;
--;;
revoke execute on function app.seal_audit(uuid, integer) from public;
--;;
grant execute on function app.seal_audit(uuid, integer) to chronos_app;
--;;
-- Ends the beginning of a tenant's log: the sealed rows up to the first that is not older than the day given, and never
-- one that is younger than a year, whoever asks. The last seal of them stays, as what the rest is chained to, and the log
-- says so itself. Null where there was nothing to end.
create function app.retire_audit(p_tenant uuid, p_before timestamptz)
returns table (retired_rows bigint, boundary_seq bigint, boundary_hash text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  happening timestamptz := clock_timestamp();
  first_seq bigint;
  last_seq bigint;
  last_hash text;
  ended bigint;
begin
  if p_tenant is null or p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
    raise exception 'the audit log of another tenant' using errcode = '42501';
  end if;
  if p_before is null or p_before > happening - interval '364 days' then
    raise exception 'audit rows are kept for a year at least' using errcode = '42501';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('chronos.audit.' || p_tenant, 0));
  select min(s.seq) into first_seq from app.audit_seals s where s.tenant_id = p_tenant;
  select coalesce(min(s.seq) filter (where s.at >= p_before) - 1, max(s.seq)) into last_seq
  from app.audit_seals s where s.tenant_id = p_tenant;
  select encode(s.hash, 'hex') into last_hash from app.audit_seals s where s.tenant_id = p_tenant and s.seq = last_seq;
  if last_hash is null then
    return;
  end if;
  execute 'set local app.audit_ends = ''yes''';
  delete from app.audit_logs l using app.audit_seals s
  where l.tenant_id = p_tenant and s.tenant_id = p_tenant and s.seq <= last_seq and l.at = s.at and l.id = s.audit_id;
  get diagnostics ended = row_count;
  delete from app.audit_seals s where s.tenant_id = p_tenant and s.seq < last_seq;
  execute 'set local app.audit_ends = ''no''';
  if ended = 0 then
    return;
  end if;
  insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, after)
  values (p_tenant, happening, gen_random_uuid(), 'system', null, 'retention.applied', 'audit_logs',
    jsonb_build_object('fromSeq', first_seq, 'toSeq', last_seq, 'hash', last_hash, 'rows', ended));
  return query select ended, last_seq, last_hash;
end
$$;
--;;
revoke execute on function app.retire_audit(uuid, timestamptz) from public;
--;;
grant execute on function app.retire_audit(uuid, timestamptz) to chronos_app;
--;;
-- Ends the whole log of a tenant that is gone: only after its own row.
create function app.forget_audit(p_tenant uuid) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  ended bigint;
begin
  if p_tenant is null or p_tenant is distinct from nullif(current_setting('app.tenant_id', true), '')::uuid then
    raise exception 'the audit log of another tenant' using errcode = '42501';
  end if;
  if exists (select from app.tenants t where t.tenant_id = p_tenant) then
    raise exception 'the tenant is still there' using errcode = '42501';
  end if;
  execute 'set local app.audit_ends = ''yes''';
  delete from app.audit_logs l where l.tenant_id = p_tenant;
  get diagnostics ended = row_count;
  delete from app.audit_seals s where s.tenant_id = p_tenant;
  execute 'set local app.audit_ends = ''no''';
  return ended;
end
$$;
--;;
revoke execute on function app.forget_audit(uuid) from public;
--;;
grant execute on function app.forget_audit(uuid) to chronos_app;
