import * as contract from '@chronos/contracts/accounts'
import { pageOf } from '../../platform/cursor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { assertRoom, type PlanDeps } from '../plans/plans.service.ts'
import * as queries from './accounts.queries.ts'
import * as service from './accounts.service.ts'

export function registerAccountRoutes(endpoints: Endpoints, deps: PlanDeps): void {
  const { clock } = deps
  endpoints.register(contract.createAccount, ({ tenant, body }) =>
    tenant.command(async (tx) => {
      await assertRoom(deps, tx, 'accounts')
      return service.createAccount(tx, body, clock.now())
    }),
  )

  endpoints.register(contract.listAccounts, async ({ tenant, query }) =>
    pageOf(
      await queries.listAccounts(tenant, query.limit, query.cursor),
      query.limit,
      queries.accountOf,
      (row) => [row.sort_name, row.id],
    ),
  )

  endpoints.register(contract.getAccount, async ({ tenant, params }) => {
    const row = await queries.findAccount(tenant, params.id)
    if (!row) throw notFound('Account')
    return queries.accountOf(row)
  })

  endpoints.register(contract.updateAccount, ({ tenant, params, body, expectedVersion }) =>
    tenant.command((tx) => service.updateAccount(tx, params.id, body, expectedVersion, clock.now())),
  )

  endpoints.register(contract.deleteAccount, async ({ tenant, params, expectedVersion }) => {
    await tenant.command((tx) => service.deleteAccount(tx, params.id, expectedVersion))
    return undefined
  })
}
