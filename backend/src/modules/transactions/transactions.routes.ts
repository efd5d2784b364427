import * as contract from '@chronos/contracts/transactions'
import { notFound } from '../../platform/errors.ts'
import { countBooked } from '../../platform/measures.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { assertRoom, type PlanDeps } from '../plans/plans.service.ts'
import { findTransaction, listTransactions } from './transactions.queries.ts'
import * as service from './transactions.service.ts'
import { createTransfer } from './transfers.service.ts'

export function registerTransactionRoutes(endpoints: Endpoints, deps: PlanDeps): void {
  const { clock } = deps
  endpoints.register(contract.createTransaction, async ({ tenant, body }) => {
    const transaction = await tenant.command(async (tx) => {
      await assertRoom(deps, tx, 'transactionsPerMonth')
      return service.createTransaction(tx, { ...body, source: 'manual' }, clock.now())
    })
    countBooked('manual', 1)
    return transaction
  })

  endpoints.register(contract.listTransactions, ({ tenant, query }) => listTransactions(tenant, query))

  endpoints.register(contract.getTransaction, async ({ tenant, params }) => {
    const transaction = await findTransaction(tenant, params.id)
    if (!transaction) throw notFound('Transaction')
    return transaction
  })

  endpoints.register(contract.updateTransaction, ({ tenant, params, body, expectedVersion }) =>
    tenant.command((tx) => service.updateTransaction(tx, params.id, body, expectedVersion, clock.now())),
  )

  endpoints.register(contract.deleteTransaction, async ({ tenant, params, expectedVersion }) => {
    await tenant.command((tx) => service.deleteTransaction(tx, params.id, expectedVersion, clock.now()))
    return undefined
  })

  endpoints.register(contract.restoreTransaction, ({ tenant, params }) =>
    tenant.command((tx) => service.restoreTransaction(tx, params.id, clock.now())),
  )

  endpoints.register(contract.createTransfer, async ({ tenant, body }) => {
    const transfer = await tenant.command(async (tx) => {
      await assertRoom(deps, tx, 'transactionsPerMonth', 2)
      return createTransfer(tx, body, clock.now())
    })
    countBooked('transfer', 2)
    return transfer
  })
}
