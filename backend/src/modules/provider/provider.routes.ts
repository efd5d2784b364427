/**
 * Trips of a browser to the operator's provider and back. Whatever goes wrong on the way, the person comes back to a
 * page of the web that says so by a code; the log has the reason.
 */
import type { ErrorCode } from '@chronos/contracts/errors'
import * as contract from '@chronos/contracts/provider'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  newDeparture,
  ProviderError,
  type OpenIdProvider,
  type ProviderAccount,
} from '../../integrations/openid/provider.ts'
import { AppError } from '../../platform/errors.ts'
import type { Caller, Endpoints } from '../../plugins/endpoints.ts'
import {
  deviceOf,
  readRefreshToken,
  type BrowserSession,
  type IdentityDeps,
} from '../identity/sign-in.service.ts'
import type { DepartureCookie, Trip } from './departure-cookie.ts'
import * as connections from './provider-connection.service.ts'
import { signInWithAccount } from './provider-sign-in.service.ts'
import { ownPath, reasonOf } from './provider.rules.ts'

export interface ProviderRouteDeps extends IdentityDeps {
  browser: BrowserSession
  cookie: DepartureCookie
  publicUrl: string
  /** Null where the operator has none. */
  provider: OpenIdProvider | null
}

type Offered = ProviderRouteDeps & { provider: OpenIdProvider }

const SIGN_IN = '/sign-in'
const SECURITY = '/settings/security'

export function registerProviderRoutes(endpoints: Endpoints, deps: ProviderRouteDeps): void {
  endpoints.register(contract.startProviderSignIn, async ({ query, request, reply }) => {
    const at = offered(deps)
    const next = ownPath(query.next, deps.publicUrl)
    const url = await depart(at, reply, { purpose: 'sign_in', sessionId: null, next }).catch(
      (error: unknown) => pageOf(deps, SIGN_IN, { error: codeOf(request, error), next }),
    )
    return redirected(reply, url)
  })

  endpoints.register(contract.finishProviderSignIn, async ({ request, reply }) => {
    const at = offered(deps)
    const trip = deps.cookie.take(request, reply)
    const url = await arrived(at, request, reply, trip).catch((error: unknown) =>
      refusalPage(deps, request, trip, error),
    )
    return redirected(reply, url)
  })

  endpoints.register(contract.proveByProvider, async ({ body, caller, reply, request }) => {
    const at = offered(deps)
    await connections.assertProvable(at, caller)
    return leave(at, request, reply, caller, 'prove', ownPath(body.next, deps.publicUrl))
  })

  endpoints.register(contract.connectProvider, async ({ caller, reply, request }) => {
    const at = offered(deps)
    await connections.assertConnectable(at, caller)
    return leave(at, request, reply, caller, 'connect', SECURITY)
  })

  endpoints.register(contract.disconnectProvider, async ({ caller, request }) => {
    await connections.disconnectAccount(offered(deps), caller, deviceOf(request))
    return undefined
  })
}

/** @throws AppError feature_off */
function offered({ provider, ...deps }: ProviderRouteDeps): Offered {
  if (!provider) throw new AppError('feature_off', { detail: 'This server has no OpenID provider' })
  return { ...deps, provider }
}

/** Gives the browser what it takes along. @returns where to @throws ProviderError unavailable */
async function depart(
  { provider, cookie }: Offered,
  reply: FastifyReply,
  trip: Pick<Trip, 'purpose' | 'sessionId' | 'next'>,
): Promise<string> {
  const whole = { ...newDeparture(trip.purpose === 'prove'), ...trip }
  const url = await provider.departureUrl(whole)
  cookie.put(reply, whole)
  return url
}

/** @throws AppError provider_unavailable */
async function leave(
  at: Offered,
  request: FastifyRequest,
  reply: FastifyReply,
  { sessionId }: Caller,
  purpose: 'connect' | 'prove',
  next: string,
): Promise<{ url: string }> {
  reply.header('cache-control', 'no-store')
  try {
    return { url: await depart(at, reply, { purpose, sessionId, next }) }
  } catch (error) {
    throw new AppError(codeOf(request, error), { cause: error })
  }
}

/** @returns where the web goes on */
async function arrived(
  at: Offered,
  request: FastifyRequest,
  reply: FastifyReply,
  trip: Trip | null,
): Promise<string> {
  if (!trip) throw new AppError('provider_refused', { detail: 'This browser did not leave for the provider' })
  const query = request.url.slice(request.url.indexOf('?') + 1)
  const account = await at.provider.arrive(query, trip)
  if (trip.purpose === 'sign_in') {
    const deps = { ...at, providerName: at.provider.name }
    const languages = request.headers['accept-language']
    at.browser.setCookies(reply, await signInWithAccount(deps, account, deviceOf(request), languages))
  } else {
    await act(at, request, trip, account)
  }
  return pageOf(at, trip.next)
}

/** What a session left for, done for the session that comes back. @throws AppError session_ended for another one */
async function act(
  at: Offered,
  request: FastifyRequest,
  { purpose, sessionId }: Trip,
  account: ProviderAccount,
): Promise<void> {
  const here = readRefreshToken(at.browser.refreshToken(request) ?? '')?.sessionId
  if (sessionId === null || here !== sessionId)
    throw new AppError('session_ended', { detail: 'Another session came back than the one that left' })
  const change = purpose === 'connect' ? connections.connectAccount : connections.proveByAccount
  await change(at, sessionId, account, deviceOf(request))
}

function refusalPage(
  deps: ProviderRouteDeps,
  request: FastifyRequest,
  trip: Trip | null,
  error: unknown,
): string {
  const next = trip?.next ?? '/'
  const challenge = error instanceof AppError ? error.details.challenge : undefined
  if (challenge) {
    const fragment = new URLSearchParams({ challenge: challenge.token, methods: challenge.methods.join(',') })
    return pageOf(deps, SIGN_IN, { next }, fragment.toString())
  }
  const code = codeOf(request, error)
  if (trip !== null && trip.purpose !== 'sign_in') return pageOf(deps, SECURITY, { error: code })
  return pageOf(deps, SIGN_IN, { error: code, next })
}

/** Tells the log why, without what the provider told about the person. */
function codeOf(request: FastifyRequest, error: unknown): ErrorCode {
  if (error instanceof ProviderError) {
    const code = error.kind === 'refused' ? 'provider_refused' : 'provider_unavailable'
    request.log.warn({ code, reason: reasonOf(error.cause) }, 'sign-in through the provider')
    return code
  }
  if (error instanceof AppError) {
    request.log.info({ code: error.code }, 'sign-in through the provider refused')
    return error.code
  }
  request.log.error({ err: error }, 'sign-in through the provider failed')
  return 'internal'
}

function pageOf(
  { publicUrl }: Pick<ProviderRouteDeps, 'publicUrl'>,
  path: string,
  query: Readonly<Record<string, string>> = {},
  fragment = '',
): string {
  const url = new URL(path, publicUrl)
  for (const [name, value] of Object.entries(query))
    if (name !== 'next' || value !== '/') url.searchParams.set(name, value)
  if (fragment !== '') url.hash = fragment
  return url.href
}

async function redirected(reply: FastifyReply, url: string): Promise<undefined> {
  await reply.header('cache-control', 'no-store').redirect(url, 302)
  return undefined
}
