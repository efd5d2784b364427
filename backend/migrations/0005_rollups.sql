-- Totals that are kept in the transaction of the lines they come from, so that a report or a balance costs the same
-- with a thousand transactions as with a million. Void lines (of deleted transactions) count nothing. The checks keep
-- every total a safe integer of JavaScript: a write that would pass it is refused whole. (They hold negative values
-- too, since an upsert checks the proposed row, which is a change, before it meets the row that it changes.)

create table app.account_totals (
  tenant_id uuid not null,
  account_id uuid not null,
  net_minor bigint not null
    constraint account_totals_safe check (net_minor between -9007199254740991 and 9007199254740991),
  lines bigint not null,
  constraint account_totals_pkey primary key (tenant_id, account_id),
  constraint account_totals_account foreign key (tenant_id, account_id) references app.accounts (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.account_totals');
--;;
select app.protect('app.account_totals');
--;;
create table app.account_days (
  tenant_id uuid not null,
  account_id uuid not null,
  day date not null,
  net_minor bigint not null
    constraint account_days_safe check (net_minor between -9007199254740991 and 9007199254740991),
  lines bigint not null,
  constraint account_days_pkey primary key (tenant_id, account_id, day),
  constraint account_days_account foreign key (tenant_id, account_id) references app.accounts (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.account_days');
--;;
select app.protect('app.account_days');
--;;
-- Income and expense of a month, by account and category (the nil UUID stands for none), transfers left out.
create table app.monthly_totals (
  tenant_id uuid not null,
  month date not null,
  account_id uuid not null,
  category_id uuid not null,
  currency text not null,
  income_minor bigint not null
    constraint monthly_totals_income_safe check (income_minor between -9007199254740991 and 9007199254740991),
  expense_minor bigint not null
    constraint monthly_totals_expense_safe check (expense_minor between -9007199254740991 and 9007199254740991),
  lines bigint not null,
  constraint monthly_totals_pkey primary key (tenant_id, month, account_id, category_id),
  constraint monthly_totals_account foreign key (tenant_id, account_id) references app.accounts (tenant_id, id) on delete cascade
);
--;;
select app.distribute('app.monthly_totals');
--;;
select app.protect('app.monthly_totals');
--;;
-- Adds what a statement changed to the three totals: the transition tables are summed up into variables first, and
-- rows are written in the order of their keys, else two writers would deadlock.
create function app.roll_up_lines() returns trigger
language plpgsql security invoker as $$
declare
  changes jsonb;
begin
  if tg_op = 'INSERT' then
    select jsonb_agg(to_jsonb(c)) into changes from (
      select n.tenant_id, n.account_id, n.occurred_on, n.currency, n.category_id, n.is_transfer,
        sum(n.amount_minor)::bigint as net,
        sum(greatest(n.amount_minor, 0))::bigint as income,
        sum(greatest(-n.amount_minor, 0))::bigint as expense,
        count(*) as lines
      from new_rows n where not n.is_void group by 1, 2, 3, 4, 5, 6
    ) c;
  elsif tg_op = 'DELETE' then
    select jsonb_agg(to_jsonb(c)) into changes from (
      select o.tenant_id, o.account_id, o.occurred_on, o.currency, o.category_id, o.is_transfer,
        -sum(o.amount_minor)::bigint as net,
        -sum(greatest(o.amount_minor, 0))::bigint as income,
        -sum(greatest(-o.amount_minor, 0))::bigint as expense,
        -count(*) as lines
      from old_rows o where not o.is_void group by 1, 2, 3, 4, 5, 6
    ) c;
  else
    select jsonb_agg(to_jsonb(c)) into changes from (
      select u.tenant_id, u.account_id, u.occurred_on, u.currency, u.category_id, u.is_transfer,
        sum(u.sign * u.amount_minor)::bigint as net,
        sum(u.sign * greatest(u.amount_minor, 0))::bigint as income,
        sum(u.sign * greatest(-u.amount_minor, 0))::bigint as expense,
        sum(u.sign) as lines
      from (
        select n.tenant_id, n.account_id, n.occurred_on, n.currency, n.category_id, n.is_transfer, n.amount_minor, 1 as sign
        from new_rows n where not n.is_void
        union all
        select o.tenant_id, o.account_id, o.occurred_on, o.currency, o.category_id, o.is_transfer, o.amount_minor, -1
        from old_rows o where not o.is_void
      ) u group by 1, 2, 3, 4, 5, 6
    ) c
    where c.net <> 0 or c.income <> 0 or c.expense <> 0 or c.lines <> 0;
  end if;
  if changes is null then
    return null;
  end if;
  insert into app.account_totals as t (tenant_id, account_id, net_minor, lines)
  select c.tenant_id, c.account_id, sum(c.net)::bigint, sum(c.lines)::bigint
  from jsonb_to_recordset(changes) as c (tenant_id uuid, account_id uuid, net bigint, lines bigint)
  group by 1, 2 order by 1, 2
  on conflict (tenant_id, account_id) do update
    set net_minor = t.net_minor + excluded.net_minor, lines = t.lines + excluded.lines;
  insert into app.account_days as t (tenant_id, account_id, day, net_minor, lines)
  select c.tenant_id, c.account_id, c.occurred_on, sum(c.net)::bigint, sum(c.lines)::bigint
  from jsonb_to_recordset(changes) as c (tenant_id uuid, account_id uuid, occurred_on date, net bigint, lines bigint)
  group by 1, 2, 3 order by 1, 2, 3
  on conflict (tenant_id, account_id, day) do update
    set net_minor = t.net_minor + excluded.net_minor, lines = t.lines + excluded.lines;
  insert into app.monthly_totals as t (tenant_id, month, account_id, category_id, currency, income_minor, expense_minor, lines)
  select c.tenant_id, date_trunc('month', c.occurred_on::timestamp)::date, c.account_id,
    coalesce(c.category_id, '00000000-0000-0000-0000-000000000000'), min(c.currency),
    sum(c.income)::bigint, sum(c.expense)::bigint, sum(c.lines)::bigint
  from jsonb_to_recordset(changes) as c (tenant_id uuid, account_id uuid, occurred_on date, currency text,
    category_id uuid, is_transfer boolean, income bigint, expense bigint, lines bigint)
  where not c.is_transfer
  group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (tenant_id, month, account_id, category_id) do update
    set income_minor = t.income_minor + excluded.income_minor,
      expense_minor = t.expense_minor + excluded.expense_minor,
      lines = t.lines + excluded.lines;
  return null;
end
$$;
--;;
create trigger roll_up_insert after insert on app.transaction_lines referencing new table as new_rows
  for each statement execute function app.roll_up_lines();
--;;
create trigger roll_up_update after update on app.transaction_lines referencing old table as old_rows new table as new_rows
  for each statement execute function app.roll_up_lines();
--;;
create trigger roll_up_delete after delete on app.transaction_lines referencing old table as old_rows
  for each statement execute function app.roll_up_lines();
