/**
 * Monthly limits. At most one budget of a category and currency is in force in any month: whoever sets or moves one
 * holds the category's row meanwhile.
 */
import type { Budget, BudgetCreate, BudgetUpdate } from '@chronos/contracts/budgets'
import { dateInZone } from '@chronos/contracts/dates'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenant, Tx } from '../../platform/tenancy.ts'
import * as queries from './budgets.queries.ts'

/** The month that the workspace's calendar shows now. */
export async function currentMonth(tenant: Tenant, now: Date): Promise<string> {
  const { timezone } = await queries.tenantSettings(tenant)
  return dateInZone(now, timezone).slice(0, 7)
}

/** @throws AppError unknown_reference, conflict (another budget in one of the months), invalid_request */
export async function createBudget(tenant: Tenant, body: BudgetCreate, now: Date): Promise<Budget> {
  const settings = await queries.tenantSettings(tenant)
  const month = dateInZone(now, settings.timezone).slice(0, 7)
  const budget = {
    categoryId: body.categoryId.toLowerCase(),
    currency: body.currency ?? settings.currency,
    amountMinor: body.amountMinor,
    startMonth: body.startMonth ?? month,
    endMonth: body.endMonth ?? null,
  }
  assertMonths(budget)
  return tenant.command(async (tx) => {
    if (!(await queries.lockCategory(tx, budget.categoryId))) {
      throw new AppError('unknown_reference', {
        detail: 'There is no such category',
        fields: [{ path: 'categoryId', message: 'Unknown category' }],
      })
    }
    await assertNoOther(tx, budget, null)
    const id = newId()
    await queries.insertBudget(tx, id, budget, now.toISOString())
    tx.changed('budgets', 'audit')
    return answered(tx, id, month)
  })
}

/**
 * @param expectedVersion the version that the caller saw; null where any will do
 * @throws AppError not_found, precondition_failed, conflict, invalid_request
 */
export async function updateBudget(
  tenant: Tenant,
  id: string,
  body: BudgetUpdate,
  expectedVersion: number | null,
  now: Date,
): Promise<Budget> {
  const month = await currentMonth(tenant, now)
  return tenant.command(async (tx) => {
    const seen = await queries.findBudgetWithin(tx, id, month)
    if (!seen) throw notFound('Budget')
    await queries.lockCategory(tx, seen.category_id)
    const before = await queries.findBudgetWithin(tx, id, month)
    if (!before) throw notFound('Budget')
    if (expectedVersion !== null && before.version !== expectedVersion) throw changedMeanwhile()
    const known = queries.budgetOf(before, month)
    const next = {
      categoryId: known.categoryId,
      currency: known.currency,
      amountMinor: body.amountMinor ?? known.amountMinor,
      startMonth: body.startMonth ?? known.startMonth,
      endMonth: body.endMonth === undefined ? known.endMonth : body.endMonth,
    }
    assertMonths(next)
    await assertNoOther(tx, next, known.id)
    await queries.updateBudget(tx, known.id, next, now.toISOString())
    tx.changed('budgets', 'audit')
    return answered(tx, known.id, month)
  })
}

/** @throws AppError not_found, precondition_failed */
export function deleteBudget(tenant: Tenant, id: string, expectedVersion: number | null): Promise<void> {
  return tenant.command(async (tx) => {
    if (await queries.deleteBudget(tx, id, expectedVersion)) return tx.changed('budgets', 'audit')
    const there = await tx.prisma.budget.count({ where: { tenantId: tx.tenantId, id } })
    throw there === 0 ? notFound('Budget') : changedMeanwhile()
  })
}

async function answered(tx: Tx, id: string, month: string): Promise<Budget> {
  const row = await queries.findBudgetWithin(tx, id, month)
  invariant(row, 'a budget that was just written is there')
  return queries.budgetOf(row, month)
}

function assertMonths({ startMonth, endMonth }: { startMonth: string; endMonth: string | null }): void {
  if (endMonth === null || endMonth >= startMonth) return
  throw new AppError('invalid_request', {
    detail: 'A budget cannot end before it starts',
    fields: [{ path: 'endMonth', message: `Before ${startMonth}` }],
  })
}

async function assertNoOther(tx: Tx, budget: queries.BudgetMonths, except: string | null): Promise<void> {
  if (!(await queries.overlaps(tx, budget, except))) return
  throw new AppError('conflict', {
    detail: 'The category has a budget in this currency for one of these months already',
    fields: [{ path: 'startMonth', message: 'Overlaps another budget' }],
  })
}

function changedMeanwhile(): AppError {
  return new AppError('precondition_failed', { detail: 'The budget has changed since you saw it' })
}
