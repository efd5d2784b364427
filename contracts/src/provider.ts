/** Sign-in through an operator's own OpenID provider, and the connection of a person with it. */
import { z } from 'zod'
import { endpoint } from './endpoint.ts'

/** Where the web goes on afterwards: a path of its own; anything else is its first page. */
const Next = z.string().max(500).optional()
const signIn = {
  tag: 'Auth',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  method: 'GET',
  status: 302,
  response: null,
  responseKind: 'redirect',
  errors: ['feature_off'],
} as const
const own = { tag: 'Second factors', auth: 'session', permission: null, rate: 'authentication' } as const

/** Where to leave for. The browser gets a cookie with it, by which it is known when it comes back. */
const Departure = z.object({
  url: z.string().meta({ description: 'Address of the provider, for the browser' }),
})

export const startProviderSignIn = endpoint({
  ...signIn,
  id: 'startProviderSignIn',
  path: '/auth/provider/start',
  summary: "Leave for the operator's OpenID provider (authorization code with PKCE)",
  query: z.strictObject({ next: Next }),
})

export const finishProviderSignIn = endpoint({
  ...signIn,
  id: 'finishProviderSignIn',
  path: '/auth/provider/callback',
  summary:
    'Come back from the OpenID provider: sets the cookies and goes on to the web. A refusal goes to the page of signing in with its code, a second factor that is still to be proved with its challenge in the fragment',
  query: z.object({
    code: z.string().max(4000).optional(),
    state: z.string().max(500).optional(),
    error: z.string().max(200).optional(),
    iss: z.string().max(500).optional(),
  }),
})

export const proveByProvider = endpoint({
  ...own,
  id: 'proveByProvider',
  method: 'POST',
  path: '/auth/step-up/provider',
  enrolment: true,
  summary:
    'Prove again that it is you by signing in at the provider anew: for who has neither a password nor a second factor',
  body: z.strictObject({ next: Next }),
  status: 200,
  response: Departure,
  errors: ['feature_off', 'not_ready', 'provider_unavailable'],
})

export const connectProvider = endpoint({
  ...own,
  id: 'connectProvider',
  method: 'POST',
  path: '/me/provider',
  verified: true,
  stepUp: true,
  summary: 'Begin to connect an account of the provider, for signing in with it from then on',
  status: 200,
  response: Departure,
  errors: ['feature_off', 'already_enrolled', 'provider_unavailable'],
})

export const disconnectProvider = endpoint({
  ...own,
  id: 'disconnectProvider',
  method: 'DELETE',
  path: '/me/provider',
  stepUp: true,
  summary: "Take the provider's account off; ends every other session",
  status: 204,
  response: null,
  errors: ['feature_off', 'not_found', 'in_use'],
})
