import * as contract from '@chronos/contracts/categories'
import type { Clock } from '../../platform/clock.ts'
import { pageOf } from '../../platform/cursor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as queries from './categories.queries.ts'
import * as service from './categories.service.ts'

export function registerCategoryRoutes(endpoints: Endpoints, { clock }: { clock: Clock }): void {
  endpoints.register(contract.createCategory, ({ tenant, body }) =>
    service.createCategory(tenant, body, clock.now()),
  )

  endpoints.register(contract.listCategories, async ({ tenant, query }) =>
    pageOf(
      await queries.listCategories(tenant, query.limit, query.cursor),
      query.limit,
      queries.categoryOf,
      (row) => [row.name, row.id],
    ),
  )

  endpoints.register(contract.getCategory, async ({ tenant, params }) => {
    const row = await queries.findCategory(tenant, params.id)
    if (!row) throw notFound('Category')
    return queries.categoryOf(row)
  })

  endpoints.register(contract.updateCategory, ({ tenant, params, body, expectedVersion }) =>
    service.updateCategory(tenant, params.id, body, expectedVersion, clock.now()),
  )

  endpoints.register(contract.deleteCategory, async ({ tenant, params, expectedVersion }) => {
    await service.deleteCategory(tenant, params.id, expectedVersion)
    return undefined
  })
}
