import type { Statement } from '../../platform/database.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import type { SummaryRange } from './reports.rules.ts'

/** One sum: of a currency, or of a category, an account or a month within it. Amounts as PostgreSQL prints them. */
export interface FlowRow {
  of: 'currency' | 'category' | 'account' | 'month'
  currency: string
  /** The category's or account's id, or the month as YYYY-MM; null for a whole currency and for no category. */
  key: string | null
  income: string
  expense: string
}

/**
 * Whole months cost a row per account and category; odd days cost their transactions. The nil UUID stands for no
 * category. Sums are numeric: they may be larger than any bigint. What has no line left has no row. `offset 0` keeps
 * the planner, which knows nothing yet of a tenant that came an hour ago, from starting with all of its lines.
 */
function summaryStatement(tenantId: string, range: SummaryRange): Statement {
  const values: unknown[] = [tenantId]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const flows: string[] = []
  if (range.wholeMonths) {
    flows.push(`select currency, month, account_id, category_id, income_minor, expense_minor, lines
      from app.monthly_totals
      where tenant_id = $1 and month between ${bind(range.wholeMonths.from)} and ${bind(range.wholeMonths.to)}
        and lines <> 0`)
  }
  for (const days of range.oddDays) {
    flows.push(`select l.currency, date_trunc('month', l.occurred_on::timestamp)::date as month, l.account_id,
        coalesce(l.category_id, '00000000-0000-0000-0000-000000000000') as category_id,
        sign.of * greatest(l.amount_minor, 0) as income_minor, sign.of * greatest(-l.amount_minor, 0) as expense_minor,
        sign.of as lines
      from app.transactions t
      cross join lateral (
        select * from app.transaction_lines
        where tenant_id = $1 and transaction_id = t.id and not is_void and not is_transfer offset 0
      ) l
      cross join (select ${bind(days.sign)}::bigint as of) sign
      where t.tenant_id = $1 and t.deleted_at is null
        and t.occurred_on between ${bind(days.from)} and ${bind(days.to)}`)
  }
  return {
    name: `reports.summary.${range.wholeMonths ? 'months' : 'days'}.${range.oddDays.length}`,
    text: `with flows as (${flows.join(' union all ')}),
      sums as (
        select currency, month, account_id, category_id, grouping(month, account_id, category_id) as missing,
          sum(income_minor) as income, sum(expense_minor) as expense
        from flows
        group by grouping sets ((currency), (currency, month), (currency, account_id), (currency, category_id))
        having sum(lines) <> 0
      )
      select case missing when 7 then 'currency' when 3 then 'month' when 5 then 'account' else 'category' end as of,
        currency,
        case missing when 3 then to_char(month, 'YYYY-MM') when 5 then account_id::text
          when 6 then nullif(category_id::text, '00000000-0000-0000-0000-000000000000') end as key,
        income::text, expense::text
      from sums order by currency, missing desc, sums.expense desc, sums.income desc, key`,
    values,
  }
}

/** All sums of a range in one statement: currencies first, what is largest first. */
export function summaryFlows(tenant: Tenant, range: SummaryRange): Promise<FlowRow[]> {
  return tenant.readKept({
    key: `summary:${range.from}:${range.to}`,
    revision: ledgerRevision(tenant.id),
    statement: summaryStatement(tenant.id, range),
  })
}

/** Whatever changes a sum writes the totals of its account, whose revision then moves (migration 0110). */
function ledgerRevision(tenantId: string): Statement {
  return {
    name: 'reports.revision',
    text: `select md5(string_agg(account_id::text || revision, ',' order by account_id)) as revision
      from app.account_totals where tenant_id = $1`,
    values: [tenantId],
  }
}
