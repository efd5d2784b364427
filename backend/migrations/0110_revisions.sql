-- What answers kept in Redis are held to (platform/kept-reads.ts): a revision that the commit of a change moves, whoever
-- writes. An account's totals are written whenever a sum of its lines changes, so their revision is that of its reports.
-- It begins anywhere, so that an account that comes back from a backup does not meet what was kept of it before.

alter table app.account_totals add column revision bigint not null default 0;
--;;
create function app.next_revision() returns trigger
language plpgsql security invoker as $$
begin
  if tg_op = 'INSERT' then
    new.revision := floor(random() * 4503599627370496)::bigint;
  else
    new.revision := old.revision + 1;
  end if;
  return new;
end
$$;
--;;
create trigger next_revision before insert or update on app.account_totals
  for each row execute function app.next_revision();
--;;
-- A category that changes is of another version, also where a statement forgets to say so.
create function app.next_version() returns trigger
language plpgsql security invoker as $$
begin
  if new.version = old.version then
    new.version := old.version + 1;
  end if;
  return new;
end
$$;
--;;
create trigger next_version before update on app.categories
  for each row when (new is distinct from old) execute function app.next_version();
