/**
 * Limits. Generous for who is signed in, strict where passwords are guessed. Counted in the store: with Redis over all
 * processes, without it per process. An answer tells by `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers) what is left, and a refusal by `Retry-After` when to come back.
 */
import { createHash } from 'node:crypto'
import { isIP, isIPv6 } from 'node:net'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { systemClock, type Clock } from '../platform/clock.ts'
import { createLeases, type ConsumeOne } from '../platform/leases.ts'
import type { Store } from '../platform/store.ts'
import type { EndpointsOptions } from './endpoints.ts'

export interface RatePolicy {
  /** Shown in the headers, and part of the counter's key. */
  name: string
  limit: number
  windowSeconds: number
}

/** Who is counted; null is not counted. */
export type SubjectOf = (request: FastifyRequest, sessionId: string | null) => string | null

interface Rule {
  policy: RatePolicy
  subjectOf: SubjectOf
  /** What succeeded is given back, so that failures alone count. */
  failuresOnly?: boolean
}

export const RATE_POLICIES = {
  session: { name: 'session', limit: 1200, windowSeconds: 60 },
  address: { name: 'address', limit: 600, windowSeconds: 60 },
  login: { name: 'login', limit: 10, windowSeconds: 60 },
  /** One address trying many e-mails. */
  loginAddress: { name: 'login-address', limit: 60, windowSeconds: 600 },
  register: { name: 'register', limit: 20, windowSeconds: 3600 },
} satisfies Record<string, RatePolicy>

export type RatePolicies = Record<keyof typeof RATE_POLICIES, RatePolicy>

/** Meta delivers for all tenants from a few addresses; the signature guards these. */
const UNLIMITED = new Set(['verifyWhatsappWebhook', 'receiveWhatsappWebhook'])

const byAddress: SubjectOf = (request) => networkOf(request.ip)
const bySession: SubjectOf = (_request, sessionId) => sessionId
const byAddressAndEmail: SubjectOf = (request) => {
  const { email } = (request.body ?? {}) as { email?: unknown }
  return typeof email === 'string' ? `${networkOf(request.ip)}:${digestOf(email.trim().toLowerCase())}` : null
}

/** What `createEndpoints` asks for: counts each request by the rules of its endpoint. */
export function createRateLimits(
  app: Pick<FastifyInstance, 'addHook'>,
  store: Store,
  policies: RatePolicies = RATE_POLICIES,
  clock: Clock = systemClock,
): EndpointsOptions['limit'] {
  const rulesOf = rulesBy(policies)
  const consume = createLeases(store, clock)
  const refunds = new WeakMap<FastifyRequest, { policy: RatePolicy; subject: string }[]>()

  app.addHook('onResponse', async (request, reply) => {
    if (reply.statusCode >= 400) return
    for (const { policy, subject } of refunds.get(request) ?? []) {
      await store.consume(keyOf(policy, subject), { ...policy, cost: -1 })
    }
  })

  return async (spec, request, reply, sessionId) => {
    for (const { policy, subjectOf, failuresOnly } of rulesOf(spec)) {
      const subject = subjectOf(request, sessionId)
      if (subject === null) continue
      await spendBy(consume, policy, subject, reply)
      if (failuresOnly) refunds.set(request, [...(refunds.get(request) ?? []), { policy, subject }])
    }
  }
}

function rulesBy(policies: RatePolicies): (spec: EndpointSpec) => readonly Rule[] {
  const session: Rule[] = [{ policy: policies.session, subjectOf: bySession }]
  const address: Rule[] = [{ policy: policies.address, subjectOf: byAddress }]
  const byEndpoint: Record<string, Rule[]> = {
    register: [{ policy: policies.register, subjectOf: byAddress }],
    login: [
      { policy: policies.login, subjectOf: byAddressAndEmail, failuresOnly: true },
      { policy: policies.loginAddress, subjectOf: byAddress, failuresOnly: true },
    ],
  }
  return (spec) => {
    if (UNLIMITED.has(spec.id)) return []
    return byEndpoint[spec.id] ?? (spec.auth === 'session' ? session : address)
  }
}

/** A limit for a route outside the contracts, as its preHandler. */
export function rateLimit(
  store: Store,
  policy: RatePolicy,
  subjectOf: (request: FastifyRequest) => string | null = (request) => networkOf(request.ip),
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const subject = subjectOf(request)
    if (subject !== null) await spendRate(store, policy, subject, reply)
  }
}

/**
 * Takes one unit and says in the headers what is left.
 * @throws AppError too_many_requests with Retry-After
 */
export function spendRate(
  store: Store,
  policy: RatePolicy,
  subject: string,
  reply: FastifyReply,
): Promise<void> {
  return spendBy((key, limit) => store.consume(key, limit), policy, subject, reply)
}

async function spendBy(
  consume: ConsumeOne,
  policy: RatePolicy,
  subject: string,
  reply: FastifyReply,
): Promise<void> {
  const { allowed, remaining, resetSeconds } = await consume(keyOf(policy, subject), policy)
  append(reply, 'ratelimit-policy', `"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`)
  append(reply, 'ratelimit', `"${policy.name}";r=${remaining};t=${resetSeconds}`)
  if (allowed) return
  throw new AppError('too_many_requests', {
    detail: `Too many requests; try again in ${resetSeconds} seconds`,
    headers: { 'retry-after': String(Math.max(1, resetSeconds)) },
  })
}

/** Both headers are lists, one item for each policy that counted. */
function append(reply: FastifyReply, name: string, item: string): void {
  const before = reply.getHeader(name)
  reply.header(name, before === undefined ? item : `${String(before)}, ${item}`)
}

function keyOf(policy: RatePolicy, subject: string): string {
  return `${policy.name}:${subject}`
}

/** An e-mail is nobody's business in a cache. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/**
 * Whom an address stands for: itself, and with IPv6 its network of 64 bits, since one customer owns all of it.
 */
export function networkOf(ip: string): string {
  const address = ip.replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined && isIP(mapped) === 4) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const parts = head.split(':').filter((part) => part !== '')
  const rest = (tail ?? '').split(':').filter((part) => part !== '')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - parts.length - rest.length)
  const groups = [...parts, ...Array.from({ length: zeros }, () => '0'), ...rest]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
