/**
 * Ledgers of benchmark size, written by the superuser with triggers and foreign keys off, then summed up into the
 * rollups: 4 accounts, 24 categories, two years. Tenants are interleaved and rows come in the order of time, as a real database grows.
 */
import type { BenchDatabase } from './lab.ts'

export interface LedgerSize {
  tenantIds: readonly string[]
  transactionsEach: number
}

const STEPS: readonly string[] = [
  'set session_replication_role = replica',
  'set synchronous_commit = off',
  "set work_mem = '256MB'",
  // Every amount is asked for once: remembering the answers made the split below quadratic.
  'set enable_memoize = off',

  `create temp table seed_tenants as
   select t.tenant_id, t.n,
     (array(select id from app.categories c where c.tenant_id = t.tenant_id and c.kind = 'expense' order by id))[1:20] as expense,
     (array(select id from app.categories c where c.tenant_id = t.tenant_id and c.kind = 'income' order by id))[1:4] as income,
     array(select gen_random_uuid() from generate_series(1, 4) where t.n > 0) as accounts,
     array(select gen_random_uuid() from generate_series(1, 50) where t.n > 0) as payees
   from unnest($1::uuid[]) with ordinality as t (tenant_id, n)`,

  `insert into app.accounts (tenant_id, id, name, type, currency, created_at, updated_at)
   select tenant_id, a.id, 'Conta ' || a.n, 'checking', 'BRL', now(), now()
   from seed_tenants, unnest(accounts) with ordinality as a (id, n)`,

  `insert into app.payees (tenant_id, id, name, name_key, created_at)
   select tenant_id, p.id, 'Loja ' || p.n, 'loja ' || p.n, now()
   from seed_tenants, unnest(payees) with ordinality as p (id, n)`,

  // Accounts change every twenty rows, or each would see the same few categories, and a small ledger fewer pairs of them
  // a month than a large one. Ids are of UUID version 7. Seven rows of ten have a payee, one of eleven is income, all of the last two years.
  `insert into app.transactions (tenant_id, id, account_id, currency, occurred_on, amount_minor, description, payee_id,
     source, search_text, created_at, updated_at)
   select s.tenant_id,
     (lpad(to_hex((extract(epoch from d.at) * 1000)::bigint), 12, '0') || '7' || substr(r.hex, 1, 3) || '8' || substr(r.hex, 4, 15))::uuid,
     s.accounts[1 + i / 20 % 4], 'BRL', d.at::date,
     case when i % 11 = 0 then 100000 + i % 4001 * 37 else -(500 + i % 9973 * 11) end,
     r.description, case when i % 10 < 7 then s.payees[1 + i % 50] end,
     'manual', lower(r.description), d.at, d.at
   from generate_series(1, $1::int) i
   cross join seed_tenants s
   cross join lateral (select now() - make_interval(secs => (($1::int - i) * (86400 * 700.0) / $1::int + s.n)::double precision) as at) d
   cross join lateral (select md5(i || '/' || s.n) as hex, 'Compra no cartao ' || i % 997 || ' LOJA ' || i % 50 as description) r
   order by i, s.n`,

  // One transaction of 29 is split in two.
  `insert into app.transaction_lines (tenant_id, transaction_id, position, account_id, currency, occurred_on, amount_minor, category_id)
   select t.tenant_id, t.id, l.position, t.account_id, t.currency, t.occurred_on, l.amount,
     case when t.amount_minor < 0
       then s.expense[1 + (abs(t.amount_minor) + l.position) % cardinality(s.expense)]
       else s.income[1 + abs(t.amount_minor) % cardinality(s.income)] end
   from app.transactions t
   join seed_tenants s using (tenant_id)
   cross join lateral (
     select 0 as position, case when t.amount_minor % 29 = 0 then t.amount_minor / 2 else t.amount_minor end as amount
     union all
     select 1, t.amount_minor - t.amount_minor / 2 where t.amount_minor % 29 = 0
   ) l`,

  // One transaction of 23 has a tag.
  `insert into app.tags (tenant_id, id, name, name_key, created_at)
   select tenant_id, gen_random_uuid(), 'Etiqueta ' || k, 'etiqueta ' || k, now() from seed_tenants, generate_series(1, 5) k`,

  `insert into app.transaction_tags (tenant_id, transaction_id, tag_id, position)
   select t.tenant_id, t.id, g.id, 0 from app.transactions t
   join seed_tenants using (tenant_id)
   join lateral (select id from app.tags g where g.tenant_id = t.tenant_id order by name limit 1) g on true
   where t.amount_minor % 23 = 0`,

  `insert into app.account_totals (tenant_id, account_id, net_minor, lines)
   select tenant_id, account_id, sum(amount_minor), count(*)
   from app.transaction_lines join seed_tenants using (tenant_id) group by 1, 2`,

  `insert into app.account_days (tenant_id, account_id, day, net_minor, lines)
   select tenant_id, account_id, occurred_on, sum(amount_minor), count(*)
   from app.transaction_lines join seed_tenants using (tenant_id) group by 1, 2, 3`,

  `insert into app.monthly_totals (tenant_id, month, account_id, category_id, currency, income_minor, expense_minor, lines)
   select tenant_id, date_trunc('month', occurred_on::timestamp)::date, account_id, category_id, min(currency),
     sum(greatest(amount_minor, 0)), sum(greatest(-amount_minor, 0)), count(*)
   from app.transaction_lines join seed_tenants using (tenant_id) group by 1, 2, 3, 4`,

  'drop table seed_tenants',
  'set session_replication_role = origin',
  'vacuum (analyze)',
  'checkpoint',
]

/** Fills workspaces that have signed up and hold nothing but their tree of categories. */
export async function seedLedgers(database: BenchDatabase, size: LedgerSize): Promise<void> {
  for (const step of STEPS) {
    const values: unknown[] = []
    if (step.includes('$1::int')) values.push(size.transactionsEach)
    if (step.includes('$1::uuid[]')) values.push(size.tenantIds)
    await database.admin.query(step, values)
  }
}
