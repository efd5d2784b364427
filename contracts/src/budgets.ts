import { z } from 'zod'
import { CalendarMonth, Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams, Version } from './ids.ts'
import { AmountMinor, Currency, TotalMinor } from './money.ts'
import { page, PageQuery } from './pagination.ts'

/** A monthly limit for a category and all under it, from one month on, until another month or for good. */
export const Budget = z
  .object({
    id: z.string(),
    categoryId: z.string(),
    currency: z.string(),
    amountMinor: z.int().meta({ description: 'Per month, positive' }),
    startMonth: z.string(),
    endMonth: z.string().nullable().meta({ description: 'Last month, inclusive; null is for good' }),
    month: z.string().meta({ description: 'The month that spentMinor speaks of' }),
    spentMinor: TotalMinor.meta({ description: 'Money out less money back in that month, not under 0' }),
    remainingMinor: TotalMinor.meta({ description: 'Negative when overspent' }),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: 'Budget' })
export type Budget = z.infer<typeof Budget>

const Positive = AmountMinor.positive()

export const BudgetCreate = z.strictObject({
  categoryId: z.guid(),
  amountMinor: Positive,
  currency: Currency.optional().meta({ description: "The workspace's, where absent" }),
  startMonth: CalendarMonth.optional().meta({ description: 'This month, where absent' }),
  endMonth: CalendarMonth.nullish(),
})
export type BudgetCreate = z.infer<typeof BudgetCreate>

export const BudgetUpdate = z.strictObject({
  amountMinor: Positive.optional(),
  startMonth: CalendarMonth.optional(),
  endMonth: CalendarMonth.nullish(),
})
export type BudgetUpdate = z.infer<typeof BudgetUpdate>

const base = { tag: 'Budgets', auth: 'session' } as const

export const createBudget = endpoint({
  ...base,
  id: 'createBudget',
  method: 'POST',
  path: '/budgets',
  permission: 'budgets.write',
  summary: 'Set a budget',
  body: BudgetCreate,
  status: 201,
  response: Budget,
  idempotent: true,
  errors: ['conflict', 'unknown_reference'],
})

export const listBudgets = endpoint({
  ...base,
  id: 'listBudgets',
  method: 'GET',
  path: '/budgets',
  permission: 'ledger.read',
  summary: 'Budgets in force in a month, with what was spent',
  query: z.strictObject({
    ...PageQuery,
    month: CalendarMonth.optional().meta({ description: 'This month, where absent' }),
  }),
  status: 200,
  response: page(Budget),
})

export const getBudget = endpoint({
  ...base,
  id: 'getBudget',
  method: 'GET',
  path: '/budgets/{id}',
  permission: 'ledger.read',
  summary: 'One budget',
  params: IdParams,
  query: z.strictObject({ month: CalendarMonth.optional() }),
  status: 200,
  response: Budget,
})

export const updateBudget = endpoint({
  ...base,
  id: 'updateBudget',
  method: 'PATCH',
  path: '/budgets/{id}',
  permission: 'budgets.write',
  summary: 'Change a budget',
  params: IdParams,
  body: BudgetUpdate,
  status: 200,
  response: Budget,
  ifMatch: 'required',
  errors: ['conflict'],
})

export const deleteBudget = endpoint({
  ...base,
  id: 'deleteBudget',
  method: 'DELETE',
  path: '/budgets/{id}',
  permission: 'budgets.write',
  summary: 'Delete a budget',
  params: IdParams,
  status: 204,
  response: null,
  ifMatch: 'optional',
})
