import * as contract from '@chronos/contracts/budgets'
import type { Clock } from '../../platform/clock.ts'
import { pageOf } from '../../platform/cursor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as queries from './budgets.queries.ts'
import * as service from './budgets.service.ts'

export function registerBudgetRoutes(endpoints: Endpoints, { clock }: { clock: Clock }): void {
  endpoints.register(contract.createBudget, ({ tenant, body }) =>
    service.createBudget(tenant, body, clock.now()),
  )

  endpoints.register(contract.listBudgets, async ({ tenant, query }) => {
    const month = query.month ?? (await service.currentMonth(tenant, clock.now()))
    return pageOf(
      await queries.listBudgets(tenant, month, query.limit, query.cursor),
      query.limit,
      (row) => queries.budgetOf(row, month),
      (row) => [row.id],
    )
  })

  endpoints.register(contract.getBudget, async ({ tenant, params, query }) => {
    const month = query.month ?? (await service.currentMonth(tenant, clock.now()))
    const row = await queries.findBudget(tenant, params.id, month)
    if (!row) throw notFound('Budget')
    return queries.budgetOf(row, month)
  })

  endpoints.register(contract.updateBudget, ({ tenant, params, body, expectedVersion }) =>
    service.updateBudget(tenant, params.id, body, expectedVersion, clock.now()),
  )

  endpoints.register(contract.deleteBudget, async ({ tenant, params, expectedVersion }) => {
    await service.deleteBudget(tenant, params.id, expectedVersion)
    return undefined
  })
}
