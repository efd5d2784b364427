import {
  createTransaction,
  createTransfer,
  deleteTransaction,
  getTransaction,
  listTransactions,
  restoreTransaction,
  updateTransaction,
} from '@chronos/contracts/transactions'
import type { EndpointBodyInput, EndpointResponse } from '@chronos/contracts/endpoint'
import type { Transaction } from '@chronos/contracts/transactions'
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import type { InfiniteData } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { invalidateTopics, queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'
import type { TransactionFilters } from './transaction-filters.ts'

const PAGE_SIZE = 100

export function transactionsQuery(tenantId: string, filters: TransactionFilters) {
  return infiniteQueryOptions({
    queryKey: keyOf(tenantId, 'transactions', 'list', filters),
    queryFn: ({ pageParam, signal }) =>
      call(listTransactions, { query: { ...filters, limit: PAGE_SIZE, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

export function newestTransactionsQuery(tenantId: string, limit: number) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'transactions', 'newest', limit),
    queryFn: ({ signal }) => call(listTransactions, { query: { limit }, signal }),
  })
}

export function transactionQuery(tenantId: string, id: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'transactions', 'one', id),
    queryFn: ({ signal }) => call(getTransaction, { params: { id }, signal }),
    staleTime: 0,
  })
}

export type NewTransaction = EndpointBodyInput<typeof createTransaction>
export type TransactionChanges = EndpointBodyInput<typeof updateTransaction>

export function useSaveTransaction() {
  const tenantId = useTenantId()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (
      input: { create: NewTransaction } | { transaction: Transaction; changes: TransactionChanges },
    ): Promise<Transaction> =>
      'create' in input
        ? call(createTransaction, { body: input.create })
        : call(updateTransaction, {
            params: { id: input.transaction.id },
            body: input.changes,
            ifMatch: input.transaction.version,
          }),
    // Not awaited: what was saved is saved, the lists follow.
    onSuccess: (saved) => {
      queryClient.setQueryData(transactionQuery(tenantId, saved.id).queryKey, saved)
      void invalidateTopics(tenantId, ['transactions'])
    },
  })
}

export function useCreateTransfer() {
  const tenantId = useTenantId()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: EndpointBodyInput<typeof createTransfer>) => call(createTransfer, { body }),
    onSuccess: () => void invalidateTopics(tenantId, ['transactions']),
  })
}

type Page = EndpointResponse<typeof listTransactions>

/** Takes a transaction (both legs of a transfer) off every list at once; the server's answer puts all in order. */
function removeFromLists(tenantId: string, gone: Transaction): void {
  const stays = (item: Transaction): boolean =>
    item.id !== gone.id && (gone.transferId === null || item.transferId !== gone.transferId)
  queryClient.setQueriesData<InfiniteData<Page>>(
    { queryKey: keyOf(tenantId, 'transactions', 'list') },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.filter(stays) })),
      },
  )
}

export function useDeleteTransaction() {
  const tenantId = useTenantId()
  return useMutation({
    mutationFn: (transaction: Transaction) =>
      call(deleteTransaction, { params: { id: transaction.id }, ifMatch: transaction.version }),
    onMutate: (transaction) => removeFromLists(tenantId, transaction),
    onSettled: () => void invalidateTopics(tenantId, ['transactions']),
  })
}

export function useRestoreTransaction() {
  const tenantId = useTenantId()
  return useMutation({
    mutationFn: (id: string) => call(restoreTransaction, { params: { id } }),
    onSettled: () => void invalidateTopics(tenantId, ['transactions']),
  })
}
