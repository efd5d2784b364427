import { acceptInvitation, previewInvitation, registerInvited } from '@chronos/contracts/members'
import { logout, me } from '@chronos/contracts/auth'
import type { Me } from '@chronos/contracts/auth'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { ApiError, call, keepCsrfToken } from '../../lib/api-client.ts'
import { begin } from '../session/session-actions.ts'
import { forgetInvitationToken } from './invitation-token.ts'

/** What the link invites to, and who is signed in here, if anybody. Its secret is in no cache key. */
export function useInvitation(token: string) {
  return useQuery({
    queryKey: ['invitation'],
    queryFn: async () => {
      const [invitation, session] = await Promise.all([
        call(previewInvitation, { body: { token } }),
        call(me).catch((error: unknown): Me | null => {
          if (error instanceof ApiError && error.status === 401) return null
          throw error
        }),
      ])
      if (session) keepCsrfToken(session.csrfToken)
      return { invitation, session }
    },
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
}

function useEnter() {
  const router = useRouter()
  return async ({ csrfToken }: { csrfToken: string }): Promise<void> => {
    forgetInvitationToken()
    begin(csrfToken)
    // Not pushed: the back button does not lead to a link that is used up.
    await router.navigate({ to: '/', replace: true })
  }
}

export function useAcceptInvitation() {
  const onSuccess = useEnter()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (token: string) => call(acceptInvitation, { body: { token } }),
    onSuccess,
  })
}

export function useRegisterInvited() {
  const onSuccess = useEnter()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: { token: string; name: string; password: string; locale: string }) =>
      call(registerInvited, { body }),
    onSuccess,
  })
}

/** Ends the session of somebody else, and opens the invitation again. */
export function useSignOutHere() {
  return useMutation({
    mutationFn: () => call(logout),
    onSuccess: () => {
      begin(null)
      location.reload()
    },
  })
}
