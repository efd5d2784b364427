import { endpoint, type EndpointSpec } from '@chronos/contracts/endpoint'
import { fastify, type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock, type FixedClock } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import type { Store } from '../platform/store.ts'
import { createMemoryStore } from '../platform/store-memory.ts'
import type { Caller, Credentials } from './endpoints.ts'
import { registerErrors } from './errors.ts'
import { createRateLimits, networkOf, spendRate } from './rate-limit.ts'
import { parsePolicies, policiesFor } from './rate-policies.ts'

const POLICIES = policiesFor(
  'production',
  parsePolicies(
    'address=20/60, address-signed-in=30/60, identity=3/60, token=2/60, workspace=5/60, costly=2/60, ' +
      'costly-workspace=3/60, report=2/60, register=1/3600, guess=2/600, proof=2/600, mail-address=2/3600, mail=2/3600',
  ),
)

let app: FastifyInstance
let store: Store
let clock: FixedClock

function spec(id: string, auth: EndpointSpec['auth'], more: Partial<EndpointSpec> = {}): EndpointSpec {
  return endpoint({
    id,
    auth,
    method: 'POST',
    path: `/${id}`,
    permission: null,
    summary: id,
    tag: 'Test',
    status: 200,
    response: null,
    ...more,
  })
}

const SPECS = [
  spec('list', 'session', { searchedBy: 'q' }),
  spec('createExport', 'session', { rate: 'costly' }),
  spec('stepUp', 'session', { rate: 'authentication' }),
  spec('invite', 'session', { rate: 'mail' }),
  spec('refresh', 'public'),
  spec('register', 'public', { rate: 'register' }),
  spec('verifyEmail', 'public', { rate: 'authentication' }),
  spec('reset', 'public', { rate: 'mail' }),
  spec('webhook', 'public', { rate: 'delivery' }),
]

/** `identity@workspace`, with what it is a session or a token of before it: `session-1:ana@home`, `token:1:ana@home`. */
function credentials(who: string): Credentials {
  const [, sessionId = '', identityId = '', tenantId = ''] = /^(.+):(\w+)@(\w+)$/.exec(who) ?? []
  const kind = sessionId.startsWith('token') ? 'token' : 'session'
  if (sessionId === 'ended')
    return { sessionId, caller: Promise.reject(new AppError('session_ended', { detail: 'ended' })) }
  return { sessionId, caller: Promise.resolve({ kind, identityId, tenantId } as Caller) }
}

beforeEach(() => {
  clock = fixedClock('2026-03-01T12:00:00Z')
  store = createMemoryStore({ clock, maxEntries: 1000 })
  app = fastify({ trustProxy: true })
  registerErrors(app, {})
  const limit = createRateLimits(app, store, POLICIES, clock)
  for (const each of SPECS) {
    app.post(`/${each.id}`, async (request, reply) => {
      const who = request.headers['x-who']
      const session = each.auth === 'session' && typeof who === 'string' ? credentials(who) : null
      await Promise.all([limit(each, request, reply, session), session?.caller])
      const { status = 200 } = (request.body ?? {}) as { status?: number }
      return reply.code(status).send({})
    })
  }
})
afterEach(() => app.close())

interface From {
  who?: string
  ip?: string
  status?: number
}

function post(url: string, { who, ip, status }: From = {}): Promise<LightMyRequestResponse> {
  return app.inject({
    method: 'POST',
    url,
    payload: status === undefined ? {} : { status },
    headers: { ...(who ? { 'x-who': who } : {}), ...(ip ? { 'x-forwarded-for': ip } : {}) },
  })
}

async function statuses(count: number, url: string, from: From = {}): Promise<number[]> {
  const codes: number[] = []
  for (let i = 0; i < count; i += 1) codes.push((await post(url, from)).statusCode)
  return codes
}

describe('rate limits', () => {
  it('say what is left, and refuse with a problem that says when to come back', async () => {
    const first = await post('/list', { who: 's:ana@home' })
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"address-signed-in";q=30;w=60, "identity";q=3;w=60, "workspace";q=5;w=60',
      ratelimit: '"address-signed-in";r=29;t=60, "identity";r=2;t=60, "workspace";r=4;t=60',
    })
    clock.advance(15_000)
    expect(await statuses(2, '/list', { who: 's:ana@home' })).toEqual([200, 200])
    const refused = await post('/list', { who: 's:ana@home' })
    expect(refused.statusCode).toBe(429)
    expect(refused.headers).toMatchObject({
      'content-type': expect.stringContaining('application/problem+json'),
      'retry-after': '45',
      ratelimit: expect.stringContaining('"identity";r=0;t=45'),
    })
    expect(refused.json()).toMatchObject({ code: 'too_many_requests', status: 429 })
    clock.advance(45_000)
    expect((await post('/list', { who: 's:ana@home' })).statusCode).toBe(200)
  })

  it('count a person over all their sessions and workspaces, and others by themselves', async () => {
    expect(await statuses(2, '/list', { who: 's1:ana@home' })).toEqual([200, 200])
    expect(await statuses(2, '/list', { who: 's2:ana@firm' })).toEqual([200, 429])
    expect(await statuses(1, '/list', { who: 's1:ana@home' })).toEqual([429])
    expect(await statuses(1, '/list', { who: 's3:rui@home' })).toEqual([200])
  })

  it('count each API token by itself, and not for its person', async () => {
    expect(await statuses(3, '/list', { who: 'token-1:ana@home' })).toEqual([200, 200, 429])
    expect(await statuses(2, '/list', { who: 'token-2:ana@home' })).toEqual([200, 200])
    expect(await statuses(1, '/list', { who: 's:ana@firm' })).toEqual([200])
  })

  it('count all of a workspace together, and no other workspace', async () => {
    const codes = []
    for (const person of ['a', 'b', 'c'])
      codes.push(...(await statuses(2, '/list', { who: `s${person}:${person}@home` })))
    expect(codes).toEqual([200, 200, 200, 200, 200, 429])
    expect(await statuses(1, '/list', { who: 'sd:d@firm' })).toEqual([200])
  })

  it('let nobody use up what is for others: a refused request is counted for who was refused alone', async () => {
    const codes = await statuses(20, '/list', { who: 's:ana@home' })
    expect(codes.filter((code) => code === 200)).toHaveLength(3)
    expect(await statuses(2, '/list', { who: 's2:rui@home' })).toEqual([200, 200])
    const { headers } = await post('/list', { who: 's3:eva@firm' })
    expect(headers['ratelimit']).toContain('"address-signed-in";r=24')
  })

  it('count an address over everybody who comes from it', async () => {
    const codes = []
    for (let i = 0; i < 31; i += 1) codes.push(...(await statuses(1, '/list', { who: `s${i}:p${i}@w${i}` })))
    expect(codes.filter((code) => code === 200)).toHaveLength(30)
    expect(codes.at(-1)).toBe(429)
    expect(await statuses(1, '/list', { who: 's99:p99@w99', ip: '198.51.100.2' })).toEqual([200])
  })

  it('count who is not signed in by address', async () => {
    const codes = await statuses(21, '/refresh', { ip: '198.51.100.1' })
    expect([codes.indexOf(429), codes.length]).toEqual([20, 21])
    expect(await statuses(1, '/refresh', { ip: '198.51.100.2' })).toEqual([200])
  })

  it('count sessions that have ended, so that asking with one is no way around', async () => {
    const codes = await statuses(32, '/list', { who: 'ended:ana@home' })
    expect(codes.slice(0, 30)).toEqual(Array(30).fill(401))
    const { headers } = await post('/list', { who: 's:rui@firm' })
    expect(headers['ratelimit']).toContain('"address-signed-in";r=0')
  })

  it('are stricter for what costs: by person, and by workspace', async () => {
    expect(await statuses(3, '/createExport', { who: 's1:ana@home' })).toEqual([200, 200, 429])
    expect(await statuses(2, '/createExport', { who: 's2:rui@home' })).toEqual([200, 429])
    expect(await statuses(1, '/createExport', { who: 's3:eva@firm' })).toEqual([200])
    expect(await statuses(1, '/list', { who: 's1:ana@home' })).toEqual([200])
  })

  it('count a search as a report, and the list without one not', async () => {
    expect(await statuses(3, '/list?q=pao', { who: 's:ana@home' })).toEqual([200, 200, 429])
    expect(await statuses(1, '/list?q=', { who: 's:ana@home' })).toEqual([200])
  })

  it('count failed proofs of a session alone: nobody makes another session wait', async () => {
    const right = { who: 's1:ana@home', status: 200 }
    const wrong = { who: 's1:ana@home', status: 422 }
    expect(await statuses(1, '/stepUp', right)).toEqual([200])
    expect(await statuses(2, '/stepUp', wrong)).toEqual([422, 422])
    clock.advance(61_000)
    expect(await statuses(1, '/stepUp', right)).toEqual([429])
    expect(await statuses(1, '/stepUp', { ...right, who: 's2:ana@home' })).toEqual([200])
    expect(await statuses(1, '/list', { who: 's1:ana@home' })).toEqual([200])
  })

  it('count failed guesses at links by address; neither successes nor failures of ours', async () => {
    expect(await statuses(4, '/verifyEmail', { status: 200 })).toEqual([200, 200, 200, 200])
    expect(await statuses(4, '/verifyEmail', { status: 503 })).toEqual([503, 503, 503, 503])
    expect(await statuses(3, '/verifyEmail', { status: 410 })).toEqual([410, 410, 429])
    expect(await statuses(1, '/verifyEmail', { status: 200, ip: '198.51.100.9' })).toEqual([200])
  })

  it('hold when guesses come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => post('/verifyEmail', { status: 410 })))
    expect(answers.filter((answer) => answer.statusCode === 410)).toHaveLength(2)
  })

  it('let few mails be asked for: by address, or by who is signed in', async () => {
    expect(await statuses(3, '/reset')).toEqual([200, 200, 429])
    expect(await statuses(3, '/invite', { who: 's:ana@home' })).toEqual([200, 200, 429])
  })

  it('let few sign up from one address', async () => {
    expect(await statuses(2, '/register')).toEqual([200, 429])
  })

  it('leave deliveries to the webhook, which is told whose they are by their signature', async () => {
    expect(new Set(await statuses(40, '/webhook'))).toEqual(new Set([200]))
  })

  it('count what a handler asks to be counted', async () => {
    app = fastify()
    registerErrors(app, {})
    app.get('/docs', async (_request, reply) => {
      await spendRate(store, { name: 'docs', limit: 1, windowSeconds: 10 }, 'x', reply)
      return 'ok'
    })
    const answers = [await app.inject('/docs'), await app.inject('/docs')]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 429])
    expect(answers[1]?.headers).toMatchObject({ 'retry-after': '10', ratelimit: '"docs";r=0;t=10' })
  })
})

describe('RATE_LIMIT_POLICIES', () => {
  it('changes what it names and nothing else', () => {
    const policies = policiesFor('production', parsePolicies(' identity=2400/30 ,mail=100/3600,'))
    expect(policies.identity).toEqual({ name: 'identity', limit: 2400, windowSeconds: 30 })
    expect(policies.mail).toEqual({ name: 'mail', limit: 100, windowSeconds: 3600 })
    expect(policies.workspace).toEqual(policiesFor('production').workspace)
  })

  it.each(['identity', 'identity=0/60', 'identity=10', 'nobody=10/60', 'identity=10/60/2', 'identity=-1/60'])(
    'says what is wrong with %s',
    (text) => {
      expect(() => parsePolicies(text)).toThrow(/identity=1200\/60, and not .*Names: address/)
    },
  )

  it('leaves guessing as strict on a developer’s machine as in production', () => {
    const [here, there] = [policiesFor('development'), policiesFor('production')]
    expect(here.identity.limit).toBeGreaterThan(there.identity.limit)
    for (const name of ['guess', 'proof', 'mail', 'unsigned'] as const)
      expect(here[name]).toEqual(there[name])
  })
})

describe('networkOf', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('takes %s for %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network)
  })
})
