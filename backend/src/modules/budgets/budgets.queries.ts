import type { Budget } from '@chronos/contracts/budgets'
import { decodeCursor } from '../../platform/cursor.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { safeTotal } from '../../platform/totals.ts'

export interface BudgetRow {
  id: string
  category_id: string
  currency: string
  amount_minor: number
  /** First day of the month. */
  start_month: string
  end_month: string | null
  created_at: string
  updated_at: string
  version: number
  /** Money out less money back, minor units; may be negative, and larger than a safe integer. */
  spent: string
}

const monthOf = (day: string): string => day.slice(0, 7)
export const firstDayOf = (month: string): string => `${month}-01`

/** @throws AppError amount_overflow */
export function budgetOf(row: BudgetRow, month: string): Budget {
  const spent = BigInt(row.spent)
  const spentMinor = safeTotal(spent < 0n ? 0n : spent)
  return {
    id: row.id,
    categoryId: row.category_id,
    currency: row.currency,
    amountMinor: row.amount_minor,
    startMonth: monthOf(row.start_month),
    endMonth: row.end_month === null ? null : monthOf(row.end_month),
    month,
    spentMinor,
    remainingMinor: safeTotal(BigInt(row.amount_minor) - BigInt(spentMinor)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  }
}

/** Budgets with what was spent in a month on their category and all under it. $1 tenant, $2 first day of the month. */
function withSpent(chosen: string): string {
  return `with recursive chosen as (${chosen}),
    reach as (
      select c.id as budget_id, c.currency, c.category_id from chosen c
      union
      select r.budget_id, r.currency, k.id from reach r
        join app.categories k on k.tenant_id = $1::uuid and k.parent_id = r.category_id
    ),
    spent as (
      select r.budget_id, sum(m.expense_minor - m.income_minor) as minor
      from reach r
      join app.monthly_totals m
        on m.tenant_id = $1::uuid and m.month = $2::date and m.category_id = r.category_id and m.currency = r.currency
      group by 1
    )
    select c.id::text, c.category_id::text, c.currency, c.amount_minor, c.start_month::text, c.end_month::text,
      c.created_at, c.updated_at, c.version, coalesce(s.minor, 0)::text as spent
    from chosen c left join spent s on s.budget_id = c.id
    order by c.id`
}

const ONE = withSpent('select b.* from app.budgets b where b.tenant_id = $1::uuid and b.id = $3::uuid')
const PAGE = withSpent(`select b.* from app.budgets b
  where b.tenant_id = $1::uuid and b.start_month <= $2::date and (b.end_month is null or b.end_month >= $2::date)
    and ($3::uuid is null or b.id > $3::uuid)
  order by b.id limit $4::int`)

/** Those in force in a month, in the order of their making; one more than the limit. */
export function listBudgets(
  tenant: Tenant,
  month: string,
  limit: number,
  cursor: string | undefined,
): Promise<BudgetRow[]> {
  const [id] = decodeCursor(cursor, ['uuid'])
  return tenant.readLagging<BudgetRow>({
    name: 'budgets.list',
    text: PAGE,
    values: [tenant.id, firstDayOf(month), id, limit + 1],
  })
}

export async function findBudget(tenant: Tenant, id: string, month: string): Promise<BudgetRow | null> {
  const [row] = await tenant.read<BudgetRow>({
    name: 'budgets.get',
    text: ONE,
    values: [tenant.id, firstDayOf(month), id],
  })
  return row ?? null
}

export async function findBudgetWithin(
  tx: TenantQueries,
  id: string,
  month: string,
): Promise<BudgetRow | null> {
  const [row] = await tx.query<BudgetRow>(ONE, tx.tenantId, firstDayOf(month), id)
  return row ?? null
}

export interface TenantSettings {
  currency: string
  timezone: string
}

const SETTINGS = 'select currency, timezone from app.tenants where tenant_id = $1::uuid'

export async function tenantSettings(tenant: Tenant): Promise<TenantSettings> {
  const [row] = await tenant.read<TenantSettings>({
    name: 'tenant.settings',
    text: SETTINGS,
    values: [tenant.id],
  })
  return row ?? { currency: '', timezone: 'UTC' }
}

/** Makes others who change budgets of this category wait. @returns false where there is no such category */
export async function lockCategory(tx: TenantQueries, id: string): Promise<boolean> {
  const rows = await tx.query(
    'select 1 from app.categories where tenant_id = $1::uuid and id = $2::uuid for no key update',
    tx.tenantId,
    id,
  )
  return rows.length === 1
}

export interface BudgetMonths {
  categoryId: string
  currency: string
  startMonth: string
  endMonth: string | null
}

/** Whether another budget of the category and currency shares a month with these. */
export async function overlaps(
  tx: TenantQueries,
  budget: BudgetMonths,
  except: string | null,
): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from app.budgets
     where tenant_id = $1::uuid and category_id = $2::uuid and currency = $3
       and ($6::uuid is null or id <> $6::uuid)
       and (end_month is null or end_month >= $4::date) and ($5::date is null or start_month <= $5::date)
     limit 1`,
    tx.tenantId,
    budget.categoryId,
    budget.currency,
    firstDayOf(budget.startMonth),
    budget.endMonth === null ? null : firstDayOf(budget.endMonth),
    except,
  )
  return rows.length > 0
}

export async function insertBudget(
  tx: TenantQueries,
  id: string,
  budget: BudgetMonths & { amountMinor: number },
  at: string,
): Promise<void> {
  await tx.query(
    `insert into app.budgets (tenant_id, id, category_id, currency, amount_minor, start_month, end_month, created_at, updated_at)
     values ($1::uuid, $2::uuid, $3::uuid, $4, $5::bigint, $6::date, $7::date, $8::timestamptz, $8::timestamptz)`,
    tx.tenantId,
    id,
    budget.categoryId,
    budget.currency,
    budget.amountMinor,
    firstDayOf(budget.startMonth),
    budget.endMonth === null ? null : firstDayOf(budget.endMonth),
    at,
  )
}

export async function updateBudget(
  tx: TenantQueries,
  id: string,
  next: { amountMinor: number; startMonth: string; endMonth: string | null },
  at: string,
): Promise<void> {
  await tx.query(
    `update app.budgets set amount_minor = $3::bigint, start_month = $4::date, end_month = $5::date,
       updated_at = $6::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    next.amountMinor,
    firstDayOf(next.startMonth),
    next.endMonth === null ? null : firstDayOf(next.endMonth),
    at,
  )
}

/** @returns false where there is none of that version (null: any) */
export async function deleteBudget(tx: TenantQueries, id: string, version: number | null): Promise<boolean> {
  const rows = await tx.query(
    `delete from app.budgets where tenant_id = $1::uuid and id = $2::uuid and ($3::int is null or version = $3::int)
     returning id::text`,
    tx.tenantId,
    id,
    version,
  )
  return rows.length === 1
}
