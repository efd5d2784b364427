import { endpoint, type EndpointSpec } from '@chronos/contracts/endpoint'
import { fastify, type FastifyInstance, type FastifyRequest, type LightMyRequestResponse } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock, type FixedClock } from '../platform/clock.ts'
import type { Store } from '../platform/store.ts'
import { createMemoryStore } from '../platform/store-memory.ts'
import { registerErrors } from './errors.ts'
import { createRateLimits, networkOf, rateLimit, type RatePolicies } from './rate-limit.ts'

const POLICIES: RatePolicies = {
  session: { name: 'session', limit: 3, windowSeconds: 60 },
  address: { name: 'address', limit: 2, windowSeconds: 60 },
  login: { name: 'login', limit: 2, windowSeconds: 60 },
  loginAddress: { name: 'login-address', limit: 4, windowSeconds: 600 },
  register: { name: 'register', limit: 1, windowSeconds: 3600 },
}

let app: FastifyInstance
let store: Store
let clock: FixedClock

function spec(id: string, auth: EndpointSpec['auth']): EndpointSpec {
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
  })
}

beforeEach(() => {
  clock = fixedClock('2026-03-01T12:00:00Z')
  store = createMemoryStore({ clock, maxEntries: 1000 })
  app = fastify({ trustProxy: true })
  registerErrors(app, {})
  const limit = createRateLimits(app, store, POLICIES)
  const specs = [
    spec('listAccounts', 'session'),
    spec('refreshSession', 'public'),
    spec('login', 'public'),
    spec('register', 'public'),
    spec('receiveWhatsappWebhook', 'public'),
  ]
  for (const each of specs) {
    app.post(`/${each.id}`, async (request, reply) => {
      await limit(each, request, reply, each.auth === 'session' ? sessionOf(request) : null)
      const { password } = (request.body ?? {}) as { password?: string }
      return reply.code(password === 'wrong' ? 401 : 200).send({})
    })
  }
  app.get(
    '/docs',
    { preHandler: rateLimit(store, { name: 'docs', limit: 1, windowSeconds: 10 }) },
    () => 'ok',
  )
})
afterEach(() => app.close())

function sessionOf(request: FastifyRequest): string {
  return String(request.headers['x-session'])
}

function post(
  url: string,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return app.inject({ method: 'POST', url, payload: body, headers })
}

async function statuses(count: number, call: () => Promise<LightMyRequestResponse>): Promise<number[]> {
  const codes: number[] = []
  for (let i = 0; i < count; i += 1) codes.push((await call()).statusCode)
  return codes
}

describe('rate limits', () => {
  it('say what is left, and refuse with a problem that says when to come back', async () => {
    const first = await post('/listAccounts', {}, { 'x-session': 'a' })
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"session";q=3;w=60',
      ratelimit: '"session";r=2;t=60',
    })
    clock.advance(15_000)
    expect(await statuses(2, () => post('/listAccounts', {}, { 'x-session': 'a' }))).toEqual([200, 200])
    const refused = await post('/listAccounts', {}, { 'x-session': 'a' })
    expect(refused.statusCode).toBe(429)
    expect(refused.headers).toMatchObject({
      'content-type': expect.stringContaining('application/problem+json'),
      'retry-after': '45',
      'ratelimit-policy': '"session";q=3;w=60',
      ratelimit: '"session";r=0;t=45',
    })
    expect(refused.json()).toMatchObject({ code: 'too_many_requests', status: 429 })
    clock.advance(45_000)
    expect((await post('/listAccounts', {}, { 'x-session': 'a' })).statusCode).toBe(200)
  })

  it('count each session by itself, whatever its address', async () => {
    expect(await statuses(4, () => post('/listAccounts', {}, { 'x-session': 'a' }))).toEqual([
      200, 200, 200, 429,
    ])
    expect((await post('/listAccounts', {}, { 'x-session': 'b' })).statusCode).toBe(200)
  })

  it('count who is not signed in by address', async () => {
    const from = (ip: string) => () => post('/refreshSession', {}, { 'x-forwarded-for': ip })
    expect(await statuses(3, from('198.51.100.1'))).toEqual([200, 200, 429])
    expect(await statuses(1, from('198.51.100.2'))).toEqual([200])
  })

  it('count failed logins of an address and e-mail, and give successes back', async () => {
    const wrong = () => post('/login', { email: ' Ana@example.com', password: 'wrong' })
    const right = () => post('/login', { email: 'ana@example.com ', password: 'right' })
    expect(await statuses(5, right)).toEqual([200, 200, 200, 200, 200])
    expect(await statuses(3, wrong)).toEqual([401, 401, 429])
    expect(await statuses(1, right)).toEqual([429])
    clock.advance(60_000)
    expect(await statuses(1, right)).toEqual([200])
  })

  it('count failed logins of an address over all e-mails, with both policies in the headers', async () => {
    const wrong = (i: number) => post('/login', { email: `person-${i}@example.com`, password: 'wrong' })
    for (let i = 0; i < 4; i += 1) expect((await wrong(i)).statusCode).toBe(401)
    const refused = await wrong(4)
    expect(refused.statusCode).toBe(429)
    expect(refused.headers['ratelimit']).toBe('"login";r=1;t=60, "login-address";r=0;t=600')
  })

  it('hold when logins come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post('/login', { email: 'a@example.com', password: 'wrong' })),
    )
    expect(answers.filter((answer) => answer.statusCode === 401)).toHaveLength(2)
  })

  it('survive a login body of any shape', async () => {
    for (const body of [{ email: 1 }, { email: null }, [], {}])
      expect((await post('/login', body)).statusCode).toBeLessThan(500)
  })

  it('let few sign up from one address', async () => {
    expect(await statuses(2, () => post('/register'))).toEqual([200, 429])
  })

  it('leave the webhook alone', async () => {
    const answers = await statuses(20, () => post('/receiveWhatsappWebhook'))
    expect(new Set(answers)).toEqual(new Set([200]))
  })

  it('serve as a preHandler', async () => {
    expect(await statuses(2, () => app.inject('/docs'))).toEqual([200, 429])
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
