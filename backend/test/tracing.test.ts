/** Traces through request, statements, Redis, queue and job, at a collector; and that nothing is loaded without one. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startOtlpDouble, type OtlpDouble, type TakenSpan } from '../src/integrations/otlp-double.ts'
import { createLogger } from '../src/platform/log.ts'
import { currentSpan } from '../src/platform/tracing.ts'
import { createHarness, type Client, type Harness } from './harness.ts'
import { startTestRedis, type TestRedis } from './redis-server.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER = '00f067aa0ba902b7'
const SERVER = 2
const CLIENT = 3
const CONSUMER = 5

let collector: OtlpDouble
let redis: TestRedis
let harness: Harness
let person: Client

beforeAll(async () => {
  collector = await startOtlpDouble()
  redis = await startTestRedis()
  harness = await createHarness({
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, REDIS_URL: redis.url },
  })
  await harness.startJobs()
  person = await harness.signUp()
})
afterAll(async () => {
  await harness.close()
  await redis.stop()
  await collector.close()
})

const spansOf = (traceId: string): TakenSpan[] => collector.spans.filter((span) => span.traceId === traceId)

describe('a request', () => {
  it('is a span in the trace of its caller, and its statements are parts of it', async () => {
    const account = { name: 'Conta secreta', type: 'checking', currency: 'BRL' }
    const answer = await person.post('/accounts', account, { traceparent: `00-${TRACE}-${CALLER}-01` })
    expect(answer.status).toBe(201)
    await vi.waitFor(() => expect(spansOf(TRACE).some(({ kind }) => kind === SERVER)).toBe(true), {
      timeout: 10_000,
    })
    const request = spansOf(TRACE).find(({ kind }) => kind === SERVER)
    expect(request).toMatchObject({
      name: 'POST /api/v1/accounts',
      parentSpanId: CALLER,
      attributes: { 'http.response.status_code': 201, 'chronos.request_id': answer.headers['x-request-id'] },
      failed: false,
    })
    const statements = spansOf(TRACE).filter(
      ({ attributes }) => attributes['db.system.name'] === 'postgresql',
    )
    expect(statements.length).toBeGreaterThan(1)
    expect(
      statements.every(({ kind, parentSpanId }) => kind === CLIENT && parentSpanId === request?.spanId),
    ).toBe(true)
  })

  it('begins a trace with the id of its log lines where the caller is in none', async () => {
    const answer = await person.get('/accounts')
    const traceId = String(answer.headers['x-request-id']).replaceAll('-', '')
    await vi.waitFor(() => expect(spansOf(traceId).length).toBeGreaterThan(1), { timeout: 10_000 })
    expect(spansOf(traceId).find(({ kind }) => kind === SERVER)?.parentSpanId).toBeUndefined()
    expect(spansOf(traceId).some(({ name }) => name.startsWith('redis '))).toBe(true)
  })

  it('says of failures that they are, and holds no value, person or workspace', async () => {
    const trace = TRACE.replace('4bf9', '5bf9')
    await person.post('/transactions', { accountId: 'secret' }, { traceparent: `00-${trace}-${CALLER}-01` })
    await vi.waitFor(() => expect(spansOf(trace)).not.toEqual([]), { timeout: 10_000 })
    const raw = collector.raw.join('\n')
    for (const secret of ['secret', person.email, person.session.tenant.id, person.session.user.id])
      expect(raw).not.toContain(secret)
  })
})

describe('a job', () => {
  it('is a span in the trace of the request that asked for it, through the queue', async () => {
    const trace = TRACE.replace('4bf9', '6bf9')
    const answer = await harness.request({
      method: 'POST',
      url: '/api/v1/auth/password-reset',
      payload: { email: person.email },
      headers: { traceparent: `00-${trace}-${CALLER}-01` },
    })
    expect(answer.status).toBeLessThan(300)
    await vi.waitFor(() => expect(spansOf(trace).map(({ name }) => name)).toContain('job mails'), {
      timeout: 15_000,
    })
    const spans = spansOf(trace)
    const request = spans.find(({ kind }) => kind === SERVER)
    const job = spans.find(({ name }) => name === 'job mails')
    expect(job).toMatchObject({ kind: CONSUMER, parentSpanId: request?.spanId })
    expect(spans.some(({ parentSpanId, kind }) => parentSpanId === job?.spanId && kind === CLIENT)).toBe(true)
  })

  it('has its trace in its log lines', async () => {
    const lines: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const logger = createLogger('info', stream, () => ({ trace: currentSpan()?.traceId }))
    const { traced } = await import('../src/platform/tracing.ts')
    await traced({ name: 'job x', kind: 'consumer', parent: `00-${TRACE}-${CALLER}-01` }, () => {
      logger.info('in a job')
      return Promise.resolve()
    })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ trace: TRACE, msg: 'in a job' })
  })

  it('carries nothing but a trace: other text is left out of its payload', async () => {
    await harness.context.control.query(
      "select control.enqueue('exports', null, null, now() + interval '1 day', $1)",
      'x',
    )
    const { rows } = await harness.database.admin.query("select data from pgboss.job where name = 'exports'")
    expect(rows).toEqual([{ data: { tenantId: null, subjectId: null } }])
  })
})

it('nothing of OpenTelemetry or Sentry is loaded where neither is set', () => {
  const watch = `
    import { registerHooks } from 'node:module'
    registerHooks({ resolve(name, context, next) {
      if (/@opentelemetry\\/(sdk|exporter|resources)|@sentry\\//.test(name)) console.log('loaded ' + name)
      return next(name, context)
    } })`
  const load = ['app', 'context', 'worker-http', 'jobs']
    .map((name) => `await import('./src/${name}.ts')`)
    .join(';')
  const output = execFileSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(watch)}`, '--input-type=module', '-e', load],
    { cwd: path.join(import.meta.dirname, '..'), encoding: 'utf8' },
  )
  expect(output).toBe('')
})
