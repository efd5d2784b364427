-- Statistics at once after a large import: until autovacuum comes by, plans for the newest days are guesses about a table
-- without them. Runs as the owner, since PostgreSQL 15 lets nobody else; reads no row for whoever asks, and gives back
-- nothing but whether it was done. Twice within a minute, the second leaves it to autovacuum (migration 0078).
create function control.analyze_imported() returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '3s' as $$
declare
  analyzed_at timestamptz;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('chronos.analyze', 0)) then
    return false;
  end if;
  select s.last_analyze into analyzed_at from pg_stat_user_tables s where s.relid = 'app.transaction_lines'::regclass;
  if analyzed_at > clock_timestamp() - interval '1 minute' then
    return false;
  end if;
  analyze app.transactions, app.transaction_lines;
  return true;
end
$$;
--;;
comment on function control.analyze_imported() is 'Statistics of what imports fill; false where they are younger than a minute.';
--;;
revoke execute on function control.analyze_imported() from public;
--;;
grant execute on function control.analyze_imported() to chronos_control;
