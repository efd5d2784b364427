import {
  createPersonalExport,
  eraseMe,
  listConsents,
  listPersonalExports,
  recordConsent,
} from '@chronos/contracts/privacy'
import type { Consent } from '@chronos/contracts/privacy'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

/** How often an export that is being made is asked for. */
const POLL_MS = 2500

export function consentsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'person', 'consents'),
    queryFn: ({ signal }) =>
      listAll((cursor) => call(listConsents, { query: { limit: 100, cursor }, signal })),
  })
}

export function useRecordConsent() {
  const { queryKey } = consentsQuery(useTenantId())
  return useMutation({
    mutationFn: (body: Pick<Consent, 'kind' | 'given'>) => call(recordConsent, { body }),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  })
}

export function personalExportsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'person', 'exports'),
    queryFn: async ({ signal }) => (await call(listPersonalExports, { query: { limit: 10 }, signal })).items,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === 'waiting' || status === 'running') === true
        ? POLL_MS
        : false,
  })
}

export function useCreatePersonalExport() {
  const { queryKey } = personalExportsQuery(useTenantId())
  return useMutation({
    mutationFn: () => call(createPersonalExport),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  })
}

/** Cannot be undone. Nothing of the session is left after it. */
export function useErasePerson() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (email: string) => call(eraseMe, { body: { email } }),
  })
}
