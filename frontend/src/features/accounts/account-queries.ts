import { createAccount, deleteAccount, listAccounts, updateAccount } from '@chronos/contracts/accounts'
import type { Account, AccountUpdate } from '@chronos/contracts/accounts'
import type { EndpointBodyInput } from '@chronos/contracts/endpoint'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { invalidateTopics } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

export function accountsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'accounts', 'list'),
    queryFn: ({ signal }): Promise<Account[]> =>
      listAll((cursor) => call(listAccounts, { query: { limit: 200, cursor }, signal })),
  })
}

export function useAccounts() {
  return useQuery(accountsQuery(useTenantId()))
}

/** The account of an id, while accounts are known. */
export function useAccountOf(): (id: string) => Account | undefined {
  const accounts = useAccounts().data
  return (id) => accounts?.find((account) => account.id === id)
}

export type NewAccount = EndpointBodyInput<typeof createAccount>

export function useSaveAccount() {
  const tenantId = useTenantId()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (input: { create: NewAccount } | { account: Account; changes: AccountUpdate }) =>
      'create' in input
        ? call(createAccount, { body: input.create })
        : call(updateAccount, {
            params: { id: input.account.id },
            body: input.changes,
            ifMatch: input.account.version,
          }),
    onSuccess: () => invalidateTopics(tenantId, ['accounts']),
  })
}

export function useDeleteAccount() {
  const tenantId = useTenantId()
  return useMutation({
    mutationFn: (account: Account) =>
      call(deleteAccount, { params: { id: account.id }, ifMatch: account.version }),
    onSuccess: () => invalidateTopics(tenantId, ['accounts']),
  })
}
