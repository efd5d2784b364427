/**
 * The console of operators speaks to the control plane with a session of its own: other cookies, another CSRF token.
 * Nothing of a workspace's session is sent, read or renewed here.
 */
import type { EndpointResponse, EndpointSpec } from '@chronos/contracts/endpoint'
import { operatorLogin, operatorLogout, operatorMe } from '@chronos/contracts/control'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { callWith } from '../../lib/api-client.ts'
import type { ApiSession, CallOptions } from '../../lib/api-client.ts'
import { queryClient } from '../../lib/query-client.ts'

/** The token comes with each answer about the session and is kept here alone; there is nothing to renew. */
const session: ApiSession = {
  csrfToken: null,
  readCookies: () => '',
  refreshedAt: () => 0,
  noteRefreshed: () => undefined,
  // Step-up is of persons in their workspaces.
  prove: () => Promise.resolve(false),
  exclusively: (task) => task(),
}

const KEY = 'operator'

export function operatorKey(...rest: readonly unknown[]): readonly unknown[] {
  return [KEY, ...rest]
}

/** Calls the control plane. @throws ApiError for every refusal. */
export async function callControl<E extends EndpointSpec>(
  endpoint: E,
  options: CallOptions<E>,
): Promise<EndpointResponse<E>> {
  return (await callWith<EndpointSpec>(session, endpoint, options as never)) as EndpointResponse<E>
}

export const operatorQuery = queryOptions({
  queryKey: ['session', KEY],
  queryFn: async ({ signal }) => {
    const answer = await callWith(session, operatorMe, { signal })
    session.csrfToken = answer.csrfToken
    return answer
  },
  staleTime: Infinity,
  gcTime: Infinity,
  retry: false,
})

export function useOperatorSignIn() {
  const router = useRouter()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: { email: string; password: string; code: string }) =>
      callWith(session, operatorLogin, { body }),
    onSuccess: async (answer) => {
      session.csrfToken = answer.csrfToken
      queryClient.removeQueries({ queryKey: operatorKey() })
      queryClient.setQueryData(operatorQuery.queryKey, answer)
      await router.navigate({ to: '/operator' })
    },
  })
}

/** Nothing of the console is shown after its session. */
export function forgetOperator(): void {
  queryClient.removeQueries({ queryKey: operatorKey() })
  queryClient.removeQueries({ queryKey: operatorQuery.queryKey })
}

export function useOperatorSignOut() {
  const router = useRouter()
  return useMutation({
    mutationFn: () => callControl(operatorLogout, {}),
    onSettled: async () => {
      session.csrfToken = null
      await router.navigate({ to: '/operator/sign-in' })
      forgetOperator()
    },
  })
}
