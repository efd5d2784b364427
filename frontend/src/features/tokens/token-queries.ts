import { createToken, listTokens, revokeToken } from '@chronos/contracts/tokens'
import type { TokenCreate } from '@chronos/contracts/tokens'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

/** Tokens of the person in this workspace. */
export function tokensQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'person', 'tokens'),
    queryFn: ({ signal }) => listAll((cursor) => call(listTokens, { query: { limit: 100, cursor }, signal })),
  })
}

function useRefetchTokens(): () => Promise<void> {
  const tenantId = useTenantId()
  return () => queryClient.invalidateQueries({ queryKey: tokensQuery(tenantId).queryKey })
}

export function useCreateToken() {
  const refetch = useRefetchTokens()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: TokenCreate) => call(createToken, { body }),
    onSuccess: refetch,
  })
}

export function useRevokeToken() {
  const refetch = useRefetchTokens()
  return useMutation({
    mutationFn: (id: string) => call(revokeToken, { params: { id } }),
    onSettled: refetch,
  })
}
