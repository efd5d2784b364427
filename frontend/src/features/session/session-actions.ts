import { login, logout, register } from '@chronos/contracts/auth'
import type { LoginBody, RegisterBody } from '@chronos/contracts/auth'
import { useMutation } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { call, keepCsrfToken } from '../../lib/api-client.ts'
import { queryClient } from '../../lib/query-client.ts'
import { tellSessionChanged } from '../../lib/session-channel.ts'

/** Another session from here on: nothing that was known before may be shown under it. */
export function begin(csrfToken: string | null): void {
  keepCsrfToken(csrfToken)
  queryClient.clear()
  tellSessionChanged()
}

export function useSignIn(next: string) {
  const router = useRouter()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: Pick<LoginBody, 'email' | 'password'>) => call(login, { body }),
    onSuccess: async ({ csrfToken }) => {
      begin(csrfToken)
      await router.navigate({ href: next })
    },
  })
}

export function useSignUp() {
  const navigate = useNavigate()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: Omit<RegisterBody, 'includeRefreshToken'>) => call(register, { body }),
    onSuccess: async ({ csrfToken }) => {
      begin(csrfToken)
      await navigate({ to: '/' })
    },
  })
}

export function useSignOut() {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => call(logout),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' })
      begin(null)
    },
  })
}
