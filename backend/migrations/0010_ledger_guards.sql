-- What JSON can tell exactly bounds a balance too, not only what it is made of; and tags keep the order they were
-- given in.

alter table app.transaction_tags add column position smallint not null default 0;
--;;
-- A balance is the opening balance and the total of the account's lines. Whoever changes either holds the row of the
-- totals when this looks, so of two writers the second sees what the first wrote.
create function app.check_balance_of_totals() returns trigger
language plpgsql security invoker as $$
declare
  opening bigint;
begin
  select a.opening_balance_minor into opening from app.accounts a
    where a.tenant_id = new.tenant_id and a.id = new.account_id;
  if new.net_minor + coalesce(opening, 0) not between -9007199254740991 and 9007199254740991 then
    raise exception 'the balance of an account would be larger than can be kept exactly' using errcode = '22003';
  end if;
  return null;
end
$$;
--;;
create trigger check_balance after insert or update of net_minor on app.account_totals
  for each row execute function app.check_balance_of_totals();
--;;
create function app.check_balance_of_account() returns trigger
language plpgsql security invoker as $$
declare
  net bigint;
begin
  select t.net_minor into net from app.account_totals t
    where t.tenant_id = new.tenant_id and t.account_id = new.id for update;
  if coalesce(net, 0) + new.opening_balance_minor not between -9007199254740991 and 9007199254740991 then
    raise exception 'the balance of an account would be larger than can be kept exactly' using errcode = '22003';
  end if;
  return null;
end
$$;
--;;
create trigger check_balance after update of opening_balance_minor on app.accounts
  for each row when (new.opening_balance_minor <> old.opening_balance_minor)
  execute function app.check_balance_of_account();
