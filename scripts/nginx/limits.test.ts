/** Rates and connections that Nginx takes from one address, before an API that itself limits nobody. */
import https from 'node:https'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startEdge } from './test-bed.ts'
import type { Edge } from './test-bed.ts'

const nginx = process.env['NGINX_PATH']
const PROXY = '127.0.0.9'
/** Requests a second; the burst over it is the file's, of webhooks a second's worth. */
const LIMIT_WEBHOOK = 300
const RATES = { LIMIT_API: '2', LIMIT_AUTH: '1', LIMIT_WEBHOOK: String(LIMIT_WEBHOOK) }
const CONNECTIONS = 200
const WAIT = { timeout: 60_000, interval: 50 }

interface Got {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

let edge: Edge
let agent: https.Agent
// Limits are per address: every test comes from one of its own.
let here = ''
let tests = 0

function get(where: string, headers: Record<string, string> = {}, localAddress = here): Promise<Got> {
  const options = { host: '127.0.0.1', port: edge.httpsPort, path: where, headers, localAddress, agent }
  return new Promise((resolve, reject) => {
    https
      .get({ ...options, rejectUnauthorized: false }, (answer) => {
        let body = ''
        answer.on('data', (part: Buffer) => (body += String(part)))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }))
        answer.on('error', reject)
      })
      .on('error', reject)
  })
}

/** So many at once, by a client that Nginx names to the API as each is numbered. */
const burstOf = (
  count: number,
  where: string,
  from = here,
  client?: (index: number) => string,
): Promise<Got[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      get(where, client ? { 'X-Forwarded-For': client(index) } : {}, from),
    ),
  )
const refusedOf = (all: Got[]): Got[] => all.filter(({ status }) => status === 429)

describe.runIf(nginx !== undefined)('what Nginx takes from one address', () => {
  beforeAll(async () => {
    edge = await startEdge(nginx ?? '', { TRUSTED_PROXIES: PROXY, ...RATES }, 1)
  }, 60_000)
  afterAll(() => edge.stop())
  beforeEach(() => {
    tests += 1
    here = `127.0.5.${tests}`
    agent = new https.Agent({ keepAlive: true, maxSockets: 20 })
    edge.asked.length = 0
    edge.answer = (_request, response) => response.end('{}')
  })
  afterEach(() => agent.destroy())

  it.each([
    ['the API', '/api/v1/me', Number(RATES.LIMIT_API), 100],
    ['imports', '/api/v1/imports', Number(RATES.LIMIT_API), 100],
    ['streams of events', '/api/v1/events', Number(RATES.LIMIT_API), 100],
    ['the reference', '/openapi.json', Number(RATES.LIMIT_API), 100],
    ['signing in', '/api/v1/auth/login', Number(RATES.LIMIT_AUTH), 30],
    ["operators' signing in", '/api/v1/control/sessions', Number(RATES.LIMIT_AUTH), 30],
    ['webhooks', '/api/v1/webhooks/whatsapp', LIMIT_WEBHOOK, LIMIT_WEBHOOK],
  ])(
    'cuts a burst of %s itself, in JSON that says when to come again, and serves others',
    async (_what, where, rate, burst) => {
      const lines = edge.log().length
      const start = performance.now()
      // Enough that even a slow machine is beyond what the time in between earns.
      const all: Got[] = []
      while (refusedOf(all).length === 0) all.push(...(await burstOf(burst + 50, where)))
      const earned = Math.ceil(((performance.now() - start) / 1000) * rate)
      const refused = refusedOf(all)
      const served = all.filter(({ status }) => status === 200)
      expect(served.length + refused.length).toBe(all.length)
      // The API was asked what was served, and nothing else.
      expect(edge.asked).toHaveLength(served.length)
      expect(served.length).toBeGreaterThanOrEqual(burst + 1)
      expect(served.length).toBeLessThanOrEqual(burst + 1 + earned)
      for (const { headers, body } of refused) {
        expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '1' })
        expect(JSON.parse(body)).toMatchObject({ status: 429, code: 'too_many_requests' })
      }
      await vi.waitUntil(() => edge.log().length >= lines + all.length, WAIT)
      const logged = edge
        .log()
        .slice(lines)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(logged.filter(({ status, upstream }) => status === 429 && upstream === '')).toHaveLength(
        refused.length,
      )
      expect((await get(where, {}, '127.0.2.1')).status).toBe(200)
    },
    60_000,
  )

  it('lets one kind of request through where another is used up', async () => {
    expect(refusedOf(await burstOf(80, '/api/v1/auth/login')).length).toBeGreaterThan(0)
    for (const where of ['/api/v1/me', '/api/v1/webhooks/whatsapp', '/accounts'])
      expect([where, (await get(where)).status]).toEqual([where, 200])
  })

  it('counts whom a proxy of TRUSTED_PROXIES names, each alone', async () => {
    const each = await burstOf(80, '/api/v1/auth/login', PROXY, (index) => `198.51.100.${index + 1}`)
    expect(refusedOf(each)).toEqual([])
    const one = await burstOf(80, '/api/v1/auth/login', PROXY, () => '198.51.100.200')
    expect(refusedOf(one).length).toBeGreaterThan(0)
  })

  it('counts nobody that another address names', async () => {
    const burst = await burstOf(80, '/api/v1/auth/login', here, (index) => `198.51.101.${index + 1}`)
    expect(refusedOf(burst).length).toBeGreaterThan(0)
    // Whom it named has its own count still.
    const [named] = await burstOf(1, '/api/v1/auth/login', PROXY, () => '198.51.101.1')
    expect(named?.status).toBe(200)
  })

  it.each([
    ['2001:db8:1:2::', (index: number) => `2001:db8:1:2::${index + 1}`],
    ['2001:db8::', (index: number) => `2001:db8::${index + 1}`],
    ['an address of IPv4 in IPv6', () => '::ffff:198.51.100.7'],
    ['loopback', () => '::1'],
  ])('counts %s as one client behind a proxy', async (_what, client) => {
    const burst = await burstOf(90, '/api/v1/auth/login', PROXY, client)
    expect(refusedOf(burst).length).toBeGreaterThan(0)
  })

  it.each([
    ['an address', undefined],
    ['a client behind a proxy', '203.0.113.50'],
  ])('refuses %s more connections at once than it has, and serves others', async (_what, client) => {
    agent = new https.Agent({ keepAlive: true, maxSockets: Infinity })
    const [from, headers] = client ? [PROXY, { 'X-Forwarded-For': client }] : [here, {}]
    const open: (() => void)[] = []
    edge.answer = (_request, response) => open.push(() => response.end('{}'))
    // A kind of request of which so many fit into a second.
    const where = '/api/v1/webhooks/whatsapp'
    const held = Array.from({ length: CONNECTIONS }, () => get(where, headers, from))
    await vi.waitUntil(() => open.length === CONNECTIONS, WAIT)
    edge.answer = (_request, response) => response.end('{}')
    const refused = await get(where, headers, from)
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([429, { code: 'too_many_requests' }])
    expect((await get('/accounts', headers, from)).status).toBe(429)
    const other = client ? { 'X-Forwarded-For': '203.0.113.51' } : {}
    expect((await get(where, other, client ? PROXY : '127.0.2.2')).status).toBe(200)
    for (const release of open) release()
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual(held.map(() => 200))
    await vi.waitUntil(async () => (await get(where, headers, from)).status === 200, WAIT)
  })
})
