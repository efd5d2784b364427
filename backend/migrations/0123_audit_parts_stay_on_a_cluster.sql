-- On a cluster an old part of the audit log is not ended: its size cannot be asked for in the transaction that makes the
-- months, and the coordinator's own file says nothing. An empty part costs nothing; a wrong guess would cost the log.

create or replace function app.bytes_of(p_table regclass) returns bigint
language plpgsql security invoker set search_path = pg_catalog, pg_temp as $$
declare
  spread boolean := false;
begin
  if exists (select from pg_extension where extname = 'citus') then
    execute 'select exists (select from pg_dist_partition where logicalrelid = $1)' into spread using p_table;
  end if;
  return case when spread then 1 else pg_relation_size(p_table) end;
end
$$;
