import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../test/harness.ts'
import { buildApp, type App } from '../app.ts'

const TOKEN = 'metrics-token-of-tests-0123456789abcdef'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
let harness: Harness
let person: Client
let app: App['fastify']
const lines: Record<string, unknown>[] = []

beforeAll(async () => {
  harness = await createHarness({ environment: { METRICS_TOKEN: TOKEN } })
  person = await harness.signUp()
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)) as Record<string, unknown>)
      done()
    },
  })
  const built = await buildApp({ ...harness.context, logger: pino({ level: 'info' }, stream) })
  app = built.fastify
})
afterAll(async () => {
  await app.close()
  await harness.close()
})

const scrape = (): Promise<string> =>
  app.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } }).then((answer) => answer.body)

describe('GET /metrics', () => {
  it('is refused without the token, and with another', async () => {
    expect((await app.inject({ url: '/metrics' })).statusCode).toBe(401)
    const wrong = await app.inject({ url: '/metrics', headers: { authorization: 'Bearer other' } })
    expect(wrong.statusCode).toBe(401)
    expect(wrong.body).not.toContain('chronos_http')
  })

  it('counts requests by the pattern of their route, and names no workspace', async () => {
    const headers = { authorization: `Bearer ${person.session.accessToken}` }
    await app.inject({ url: '/api/v1/transactions?q=secret-search', headers })
    await app.inject({ url: '/api/v1/nowhere/at-all' })
    const text = await scrape()
    expect(text).toMatch(
      /chronos_http_requests_total\{method="GET",route="\/api\/v1\/transactions",status="200"\} 1/,
    )
    expect(text).toMatch(/chronos_http_request_duration_seconds_count\{[^}]*transactions"\} 1/)
    expect(text).not.toContain('nowhere')
    expect(text).not.toContain(person.session.tenant.id)
  })

  it('tells connections, queues and the lag of the event loop', async () => {
    const text = await scrape()
    expect(text).toMatch(/chronos_database_connections\{pool="app",state="waiting"\} 0/)
    expect(text).toMatch(/chronos_queue_waiting\{queue="whatsapp\.inbound"\} 0/)
    expect(text).toContain('chronos_database_up 1')
    expect(text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/)
  })
})

describe('the access log', () => {
  it('writes one line a request, with request, trace and workspace and without what was searched', async () => {
    lines.length = 0
    const answer = await app.inject({
      url: '/api/v1/transactions?q=secret-search',
      headers: {
        authorization: `Bearer ${person.session.accessToken}`,
        traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
      },
    })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatchObject({
      reqId: answer.headers['x-request-id'],
      trace: TRACE,
      tenant: person.session.tenant.id,
      method: 'GET',
      route: '/api/v1/transactions',
      status: 200,
      msg: 'request',
    })
    expect(JSON.stringify(lines)).not.toMatch(/secret-search|@example|Bearer/)
  })

  it('gives a request without a trace one of its own', async () => {
    lines.length = 0
    const answer = await app.inject({ url: '/api/v1/accounts', headers: { traceparent: 'nonsense' } })
    expect(lines.at(-1)).toMatchObject({
      status: 401,
      trace: String(answer.headers['x-request-id']).replaceAll('-', ''),
    })
  })
})
