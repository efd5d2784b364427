import {
  finishRegistration,
  login,
  logout,
  register,
  requestPasswordReset,
  resetPassword,
  signInOptions,
} from '@chronos/contracts/auth'
import type { LoginBody, RegisterBody, SessionAnswer } from '@chronos/contracts/auth'
import { passkeySignInOptions, provideSecondFactor, signInWithPasskey } from '@chronos/contracts/factors'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { call, keepCsrfToken } from '../../lib/api-client.ts'
import { forgetLinkSecret } from '../../lib/link-secret.ts'
import { presentPasskey } from '../../lib/passkeys.ts'
import { forgetEverything, queryClient } from '../../lib/query-client.ts'
import { tellSessionChanged } from '../../lib/session-channel.ts'
import type { Proof } from '../security/proof.ts'

/** Another session from here on: nothing that was known before may be shown under it. */
export function begin(csrfToken: string | null): void {
  keepCsrfToken(csrfToken)
  forgetLinkSecret()
  forgetEverything()
  tellSessionChanged()
}

/** What signing in and up offers on this server. */
export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in-options'],
  queryFn: ({ signal }) => call(signInOptions, { signal }),
  staleTime: 5 * 60_000,
})

/** Goes on to `next` with the session that an answer brought. */
function useBegin(next: string) {
  const router = useRouter()
  return async ({ csrfToken }: SessionAnswer): Promise<void> => {
    begin(csrfToken)
    await router.navigate({ href: next })
  }
}

export function useSignIn(next: string) {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: Pick<LoginBody, 'email' | 'password'>) => call(login, { body }),
    onSuccess: useBegin(next),
  })
}

/** The second step of a sign-in. */
export function useSecondFactor(challenge: string, next: string) {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (proof: Proof) => call(provideSecondFactor, { body: { challenge, ...proof } }),
    onSuccess: useBegin(next),
  })
}

/** Signs in with a passkey alone, which is both factors. */
export function usePasskeySignIn(next: string) {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: async () => {
      const { challenge, options } = await call(passkeySignInOptions)
      const passkey = await presentPasskey(options)
      return call(signInWithPasskey, { body: { challenge, passkey } })
    },
    onSuccess: useBegin(next),
  })
}

/** Gives the e-mail's `mail_sent` where the server verifies it first. */
export function useSignUp() {
  const goOn = useBegin('/')
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: Omit<RegisterBody, 'includeRefreshToken'>) => call(register, { body }),
    onSuccess: async (answer) => {
      if ('csrfToken' in answer) await goOn(answer)
    },
  })
}

export function useFinishRegistration(token: string) {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (password: string) => call(finishRegistration, { body: { token, password } }),
    onSuccess: useBegin('/'),
  })
}

export function useRequestPasswordReset() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (email: string) => call(requestPasswordReset, { body: { email } }),
  })
}

/** Every session of the person ends with it, one in this browser too. */
export function useResetPassword(token: string, onDone: () => void) {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (password: string) => call(resetPassword, { body: { token, password } }),
    onSuccess: () => {
      onDone()
      begin(null)
    },
  })
}

const SIGN_OUT = ['sign-out']

/** From the press of the button until the page of signing in is there. */
export function isSigningOut(): boolean {
  return queryClient.isMutating({ mutationKey: SIGN_OUT }) > 0
}

export function useSignOut() {
  const navigate = useNavigate()
  return useMutation({
    mutationKey: SIGN_OUT,
    mutationFn: () => call(logout),
    onSuccess: async () => {
      await navigate({ to: '/sign-in' })
      begin(null)
    },
  })
}
