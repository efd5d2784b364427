/** One image runs any set of roles: each in a process of its own, over one PostgreSQL and one Redis, does the job of all. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { freePorts } from '../../scripts/ports.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { TEST_WHATSAPP, type Answer } from './harness.ts'
import { environmentOf, startProcess, type TestProcess } from './processes.ts'
import { startTestRedis, type TestRedis } from './redis-server.ts'

interface Running {
  url: string
  process: TestProcess
}

const WAIT = { timeout: 60_000, interval: 25 }
let database: TestDatabase
let redis: TestRedis
let env: Record<string, string>
let parts: Record<'api' | 'webhook' | 'events' | 'worker' | 'scheduler', Running>
let wamids = 0
const running: TestProcess[] = []

beforeAll(async () => {
  redis = await startTestRedis()
  database = await createTestDatabase(inject('adminUrl'))
  env = environmentOf(database, redis.url)
  const [api, webhook, events, worker, scheduler] = await Promise.all([
    start('api'),
    start('webhook'),
    start('events'),
    start('worker'),
    start('scheduler'),
  ])
  parts = { api, webhook, events, worker, scheduler }
}, 180_000)
afterAll(async () => {
  await Promise.all(running.map((each) => each.end()))
  await database.drop()
  await redis.stop()
})

async function start(roles: string, extra: Record<string, string> = {}): Promise<Running> {
  const [port = 0] = await freePorts(1)
  const child = startProcess('server.ts', {
    ...env,
    CHRONOS_ROLES: roles,
    API_PORT: String(port),
    WORKER_PORT: String(port),
    ...extra,
  })
  running.push(child)
  await child.says('listening')
  return { url: `http://127.0.0.1:${port}`, process: child }
}

function webhookBody(text: string): string {
  const message = {
    from: '5511999990000',
    id: `wamid.${(wamids += 1)}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: text },
  }
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: TEST_WHATSAPP.phoneNumberId },
    contacts: [{ profile: { name: 'Ana' }, wa_id: '5511999990000' }],
    messages: [message],
  }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
  })
}

async function status(url: string, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(url, init)
  await answer.arrayBuffer()
  return answer.status
}

describe('roles in processes of their own', { timeout: 180_000 }, () => {
  it('book a WhatsApp message that one took, by the worker of another, and show it in the stream of a third', async () => {
    const { api, webhook, events, worker } = parts
    const call = async (method: string, path: string, body?: object): Promise<Answer['body']> => {
      const answer = await fetch(`${api.url}/api/v1${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return answer.json()
    }
    let token = ''
    const login = { email: 'ana@example.com', password: 'correct horse battery staple' }
    await call('POST', '/auth/register', {
      ...login,
      name: 'Ana',
      workspaceName: 'Casa',
      currency: 'BRL',
      locale: 'pt-BR',
      timezone: 'America/Sao_Paulo',
    })
    // A session made after the e-mail was verified knows of it at once.
    await database.admin.query('update control.identities set email_verified_at = now()')
    token = (await call('POST', '/auth/login', login)).accessToken as string
    expect(token).toEqual(expect.any(String))
    const account = await call('POST', '/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })
    expect(account).toMatchObject({ name: 'Carteira' })

    const say = async (text: string): Promise<void> => {
      const body = webhookBody(text)
      const signature = `sha256=${createHmac('sha256', TEST_WHATSAPP.secret).update(body).digest('hex')}`
      expect(
        await status(`${webhook.url}/api/v1/webhooks/whatsapp`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
        }),
      ).toBe(200)
    }
    await say((await call('POST', '/whatsapp/link-codes')).code as string)
    await vi.waitFor(
      async () => expect((await call('GET', '/whatsapp/chats')).items).toMatchObject([{ state: 'linked' }]),
      WAIT,
    )

    const stream = await fetch(`${events.url}/api/v1/events`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(stream.status).toBe(200)
    const seen = untilTopic(stream, 'transactions')
    await say('gastei 45,90 no mercado')
    await seen
    const { items } = await call('GET', '/transactions')
    expect(items).toMatchObject([{ amountMinor: -4590 }])
    expect(worker.process.lines.filter(({ msg }) => msg === 'job failed')).toEqual([])
  })

  it('serve what is theirs, and their health, and nothing else', async () => {
    const paths = {
      api: '/api/v1/auth/login',
      webhook: '/api/v1/webhooks/whatsapp',
      events: '/api/v1/events',
      docs: '/openapi.json',
    }
    const served: Record<string, string[]> = {}
    for (const [role, { url }] of Object.entries(parts)) {
      expect(await status(`${url}/health/live`)).toBe(200)
      expect(await status(`${url}/health/ready`)).toBe(200)
      served[role] = []
      for (const [name, path] of Object.entries(paths)) {
        const method = path.includes('login') || path.includes('webhooks') ? 'POST' : 'GET'
        const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}
        if ((await status(url + path, { method, ...body })) !== 404) served[role].push(name)
      }
    }
    expect(served).toEqual({
      api: ['api', 'docs'],
      webhook: ['webhook'],
      events: ['events'],
      worker: [],
      scheduler: [],
    })
  })

  it('ask once for what recurs, although several schedulers run', async () => {
    await Promise.all([start('scheduler'), start('scheduler')])
    const jobs = async (): Promise<Slot[]> =>
      (
        await database.admin.query<Slot>(
          `select name, singleton_on, count(*)::int as jobs from pgboss.job where singleton_on is not null group by 1, 2 order by 1, 2`,
        )
      ).rows
    // Others recur by the hour or the day, and may have their minute now.
    await vi.waitFor(
      async () => expect([...names(await jobs())]).toEqual(expect.arrayContaining(['audit', 'housekeeping'])),
      WAIT,
    )
    expect((await jobs()).filter((slot) => slot.jobs !== 1)).toEqual([])
  })
})

describe('API_PROCESSES', { timeout: 180_000 }, () => {
  it('serves from several processes, puts another in the place of a killed one, and ends cleanly', async () => {
    const { url, process: primary } = await start('api,worker,scheduler', {
      API_PROCESSES: '2',
      WORKER_PORT: '',
      HEALTH_PORT: '0',
    })
    const started = await primary.says('listening', 3)
    expect(started.map(({ roles }) => roles)).toEqual(
      expect.arrayContaining([['api'], ['api'], ['worker', 'scheduler']]),
    )
    const serving = started.filter(({ roles }) => String(roles) === 'api').map(({ pid }) => pid as number)
    await vi.waitFor(async () => expect(await whoAnswers(url, primary)).toEqual(new Set(serving)), WAIT)

    const [victim = 0, survivor] = serving
    globalThis.process.kill(victim, 'SIGKILL')
    const [, , , next] = await primary.says('listening', 4)
    expect(next?.roles).toEqual(['api'])
    await vi.waitFor(
      async () => expect(await whoAnswers(url, primary)).toEqual(new Set([survivor, next?.pid])),
      WAIT,
    )

    running.splice(running.indexOf(primary), 1)
    expect(await primary.end()).toBe(0)
    expect(primary.lines.filter(({ msg }) => msg === 'closing')).toHaveLength(3)
    await expect(fetch(`${url}/health/live`)).rejects.toThrow()
  })

  it('is measured as a whole, whichever process is scraped, and counts on when one is killed', async () => {
    const token = 'metrics-token-of-tests-0123456789abcdef'
    // Its jobs are nobody else's.
    const own = await createTestDatabase(inject('adminUrl'))
    onTestFinished(() => own.drop())
    const { url, process: primary } = await start('api,worker,scheduler', {
      DATABASE_URL: own.appUrl,
      DATABASE_CONTROL_URL: own.controlUrl,
      API_PROCESSES: '2',
      WORKER_PORT: '',
      METRICS_TOKEN: token,
    })
    const started = await primary.says('listening', 3)
    const scrape = async (): Promise<string> =>
      (
        await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } })
      ).text()
    const valueOf = (text: string, series: string): number | undefined => {
      const line = text.split('\n').find((each) => each.startsWith(`${series} `))
      return line === undefined ? undefined : Number(line.slice(series.length))
    }
    const REFUSED = 'chronos_http_requests_total{method="GET",route="/api/v1/me",status="401"}'
    await vi.waitFor(async () => expect((await whoAnswers(url, primary)).size).toBe(2), WAIT)
    const asked = answeredSince(primary, 0).length
    for (let n = 0; n < 6; n += 1) {
      const text = await scrape()
      expect(valueOf(text, REFUSED)).toBe(asked)
      // What all tell alike is no sum; what the jobs' process did is told by those that can be scraped.
      expect(valueOf(text, 'chronos_database_up')).toBe(1)
      expect(text.match(/^# TYPE chronos_database_up /gm)).toHaveLength(1)
    }
    await vi.waitFor(
      async () =>
        expect(
          valueOf(await scrape(), 'chronos_jobs_total{queue="housekeeping",result="done"}'),
        ).toBeGreaterThan(0),
      WAIT,
    )
    const [victim] = started.filter(({ roles }) => String(roles) === 'api')
    globalThis.process.kill(victim?.pid ?? 0, 'SIGKILL')
    await primary.says('listening', 4)
    for (let n = 0; n < 4; n += 1) expect(valueOf(await scrape(), REFUSED)).toBe(asked)
    await status(`${url}/api/v1/me`, { headers: { connection: 'close' } })
    await vi.waitFor(async () => expect(valueOf(await scrape(), REFUSED)).toBe(asked + 1), WAIT)
    running.splice(running.indexOf(primary), 1)
    expect(await primary.end()).toBe(0)
  })

  it('is refused without Redis', async () => {
    const child = startProcess('server.ts', { ...env, REDIS_URL: '', API_PROCESSES: '2' })
    await vi.waitFor(
      () => expect(child.lines.map(({ msg }) => msg).join('\n')).toContain('API_PROCESSES needs REDIS_URL'),
      WAIT,
    )
    expect(await child.exited).toBe(1)
  })
})

interface Slot {
  name: string
  jobs: number
}

function names(slots: Slot[]): Set<string> {
  return new Set(slots.map(({ name }) => name))
}

/** Each request on a connection of its own, since connections are what is handed to the processes. */
async function whoAnswers(url: string, primary: TestProcess): Promise<Set<number | undefined>> {
  const before = primary.lines.length
  for (let n = 0; n < 6; n += 1)
    expect(await status(`${url}/api/v1/me`, { headers: { connection: 'close' } })).toBe(401)
  await vi.waitFor(() => expect(answeredSince(primary, before)).toHaveLength(6), WAIT)
  return new Set(answeredSince(primary, before))
}

function answeredSince({ lines }: TestProcess, index: number): (number | undefined)[] {
  return lines
    .slice(index)
    .filter((line) => line['status'] === 401)
    .map(({ pid }) => pid)
}

async function untilTopic(stream: Response, topic: string): Promise<void> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of stream.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.includes(`"${topic}"`)) return
  }
  throw new Error(`the stream ended without ${topic}:\n${text}`)
}
