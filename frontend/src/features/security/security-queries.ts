import {
  confirmTotp,
  createPasskey,
  deletePasskey,
  getFactors,
  passkeyOptions,
  removeTotp,
  renamePasskey,
  renewRecoveryCodes,
  startTotp,
  stepUp,
} from '@chronos/contracts/factors'
import { changePassword, endOneSession, endOtherSessions } from '@chronos/contracts/person'
import { listSecurityEvents, listSessions } from '@chronos/contracts/person'
import { connectProvider, disconnectProvider, proveByProvider } from '@chronos/contracts/provider'
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { makePasskey } from '../../lib/passkeys.ts'
import { queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'
import type { Proof } from './proof.ts'

export function factorsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'person', 'factors'),
    queryFn: ({ signal }) => call(getFactors, { signal }),
  })
}

export function sessionsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'person', 'sessions'),
    queryFn: ({ signal }) =>
      listAll((cursor) => call(listSessions, { query: { limit: 100, cursor }, signal })),
  })
}

export function securityEventsQuery(tenantId: string) {
  return infiniteQueryOptions({
    queryKey: keyOf(tenantId, 'person', 'events'),
    queryFn: ({ pageParam, signal }) =>
      call(listSecurityEvents, { query: { limit: 10, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

/** Whatever is changed here is told in the list of events, and most of it ends sessions. */
export function useRefetchPerson(): () => Promise<void> {
  const tenantId = useTenantId()
  return () => queryClient.invalidateQueries({ queryKey: keyOf(tenantId, 'person') })
}

export function useStepUp() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (proof: Proof | { password: string }) => call(stepUp, { body: proof }),
  })
}

/** Leaves the page for the provider, which brings the browser back to it. */
export function useProveByProvider() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: () => call(proveByProvider, { body: { next: `${location.pathname}${location.search}` } }),
    onSuccess: leaveFor,
  })
}

export function useConnectProvider() {
  return useMutation({ mutationFn: () => call(connectProvider), onSuccess: leaveFor })
}

function leaveFor({ url }: { url: string }): void {
  location.assign(url)
}

export function useDisconnectProvider() {
  const refetch = useRefetchPerson()
  return useMutation({ mutationFn: () => call(disconnectProvider), onSuccess: refetch })
}

export function useChangePassword() {
  const refetch = useRefetchPerson()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: ({ current, next }: { current: string | null; next: string }) =>
      call(changePassword, {
        body: { newPassword: next, ...(current === null ? {} : { currentPassword: current }) },
      }),
    onSuccess: refetch,
  })
}

export function useStartTotp() {
  return useMutation({ meta: { shownInPlace: true }, mutationFn: () => call(startTotp) })
}

/** Brings the recovery codes, which are shown this once; the caller refetches when they are kept. */
export function useConfirmTotp() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (code: string) => call(confirmTotp, { body: { code } }),
  })
}

export function useRemoveTotp() {
  const refetch = useRefetchPerson()
  return useMutation({ mutationFn: () => call(removeTotp), onSuccess: refetch })
}

export function useRenewRecoveryCodes() {
  const refetch = useRefetchPerson()
  return useMutation({ mutationFn: () => call(renewRecoveryCodes), onSuccess: refetch })
}

/** Has the browser make a passkey. The first one brings recovery codes. */
export function useAddPasskey() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: async (name: string) => {
      const passkey = await makePasskey(await call(passkeyOptions))
      return call(createPasskey, { body: { name, passkey } })
    },
  })
}

export function useRenamePasskey() {
  const refetch = useRefetchPerson()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      call(renamePasskey, { params: { id }, body: { name } }),
    onSuccess: refetch,
  })
}

export function useDeletePasskey() {
  const refetch = useRefetchPerson()
  return useMutation({
    mutationFn: (id: string) => call(deletePasskey, { params: { id } }),
    onSuccess: refetch,
  })
}

export function useEndSession() {
  const refetch = useRefetchPerson()
  return useMutation({
    mutationFn: (id: string) => call(endOneSession, { params: { id } }),
    onSettled: refetch,
  })
}

export function useEndOtherSessions() {
  const refetch = useRefetchPerson()
  return useMutation({ mutationFn: () => call(endOtherSessions), onSettled: refetch })
}
