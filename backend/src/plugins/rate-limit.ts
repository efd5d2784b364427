/**
 * Counts requests against their limits (rate-policies.ts). Counted in the store: with Redis over all processes, without
 * it, or while it is away, per process. An answer tells by `RateLimit-Policy` and `RateLimit`
 * (draft-ietf-httpapi-ratelimit-headers) what is left, and a refusal by `Retry-After` when to come back.
 *
 * Counting goes beside the look-up of the session, in the same message to Redis: whose a session is does not change, so
 * it is known from its request before.
 */
import { isIP, isIPv6 } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { AppError } from '../platform/errors.ts'
import { systemClock, type Clock } from '../platform/clock.ts'
import { createLeases } from '../platform/leases.ts'
import type { Consumed, Store } from '../platform/store.ts'
import type { Caller, Credentials, EndpointsOptions } from './endpoints.ts'
import {
  POLICY_RULES,
  policiesOf,
  type CountedBy,
  type PolicyName,
  type RatePolicies,
  type RatePolicy,
} from './rate-policies.ts'

/** For whom a request of somebody who is signed in is counted; it stays the same for all of a session. */
interface Subjects {
  caller: string
  identity: string | null
  token: string | null
  workspace: string
}

const MAX_SESSIONS = 50_000

type Counted = { policy: RatePolicy; key: string }

/** What `createEndpoints` asks for: counts each request by the limits of its endpoint. */
export function createRateLimits(
  app: Pick<FastifyInstance, 'addHook'>,
  store: Store,
  policies: RatePolicies,
  clock: Clock = systemClock,
): EndpointsOptions['limit'] {
  const leases = createLeases(store, clock)
  const sessions = new LRUCache<string, Subjects>({ max: MAX_SESSIONS })
  const refunds = new WeakMap<FastifyRequest, Counted[]>()

  app.addHook('onResponse', async (request, reply) => {
    // What failed on our side was no guess.
    if (reply.statusCode >= 400 && reply.statusCode < 500) return
    for (const { policy, key } of refunds.get(request) ?? []) await leases.giveBack(key, policy)
  })

  /** Takes one unit of each, or none: what one limit refuses uses up no other. */
  async function spend(
    request: FastifyRequest,
    reply: FastifyReply,
    counted: readonly Counted[],
  ): Promise<void> {
    const answers = await Promise.all(counted.map(({ key, policy }) => leases.take(key, policy)))
    const refused = tell(reply, counted, answers)
    if (refused === 0) {
      const failures = counted.filter(({ policy }) => isForFailures(policy))
      if (failures.length > 0) refunds.set(request, [...(refunds.get(request) ?? []), ...failures])
      return
    }
    const taken = counted.filter((_each, index) => answers[index]?.allowed === true)
    await Promise.all(taken.map(({ key, policy }) => leases.giveBack(key, policy)))
    throw tooMany(refused)
  }

  return async (spec, request, reply, session) => {
    const isSearch = spec.searchedBy !== undefined && isSet(request.query, spec.searchedBy)
    const names = policiesOf(spec, session !== null, isSearch)
    if (names.length === 0) return
    const network = networkOf(request.ip)
    if (session === null) return spend(request, reply, countedBy(policies, names, { address: network }))
    const known = sessions.get(session.sessionId)
    const early = { address: network, session: session.sessionId }
    if (known) return spend(request, reply, countedBy(policies, names, { ...early, ...known }))
    await spend(request, reply, countedBy(policies, names, early))
    const subjects = subjectsOf(session, await session.caller)
    sessions.set(session.sessionId, subjects)
    await spend(request, reply, countedBy(policies, names, subjects))
  }
}

function subjectsOf({ sessionId }: Credentials, { kind, identityId, tenantId }: Caller): Subjects {
  const token = kind === 'session' ? null : sessionId
  return {
    caller: token ?? identityId,
    identity: token === null ? identityId : null,
    token,
    workspace: tenantId,
  }
}

function countedBy(
  policies: RatePolicies,
  names: readonly PolicyName[],
  subjects: Partial<Record<CountedBy, string | null>>,
): Counted[] {
  const counted: Counted[] = []
  for (const name of names) {
    const subject = subjects[POLICY_RULES[name].by]
    if (typeof subject === 'string') counted.push({ policy: policies[name], key: `${name}:${subject}` })
  }
  return counted
}

function isForFailures({ name }: RatePolicy): boolean {
  return 'failuresOnly' in POLICY_RULES[name as PolicyName]
}

function isSet(query: unknown, parameter: string): boolean {
  const value = (query as Record<string, unknown> | null)?.[parameter]
  return value !== undefined && value !== ''
}

/**
 * Takes one unit of one limit and says in the headers what is left.
 * @throws AppError too_many_requests with Retry-After
 */
export async function spendRate(
  store: Store,
  policy: RatePolicy,
  subject: string,
  reply: FastifyReply,
): Promise<void> {
  const key = `${policy.name}:${subject}`
  const answer = await store.consume(key, policy)
  const refused = tell(reply, [{ policy, key }], [answer])
  if (refused > 0) throw tooMany(refused)
}

/**
 * Both headers are lists, one item for each limit that counted.
 * @returns seconds until none of them refuses; 0 where none does
 */
function tell(reply: FastifyReply, counted: readonly Counted[], answers: readonly Consumed[]): number {
  let policies = ''
  let states = ''
  let waitSeconds = 0
  for (const [index, { policy }] of counted.entries()) {
    const answer = answers[index]
    if (!answer) continue
    const comma = policies === '' ? '' : ', '
    policies += `${comma}"${policy.name}";q=${policy.limit};w=${policy.windowSeconds}`
    states += `${comma}"${policy.name}";r=${answer.remaining};t=${answer.resetSeconds}`
    if (!answer.allowed) waitSeconds = Math.max(waitSeconds, answer.resetSeconds, 1)
  }
  append(reply, 'ratelimit-policy', policies)
  append(reply, 'ratelimit', states)
  return waitSeconds
}

function tooMany(seconds: number): AppError {
  return new AppError('too_many_requests', {
    detail: `Too many requests; try again in ${seconds} seconds`,
    headers: { 'retry-after': String(seconds) },
  })
}

function append(reply: FastifyReply, name: string, items: string): void {
  if (items === '') return
  const before = reply.getHeader(name)
  reply.header(name, before === undefined ? items : `${String(before)}, ${items}`)
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
