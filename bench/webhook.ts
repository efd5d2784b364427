/**
 * The webhook: as many deliveries as it takes, beside a handler that does the least one can; then 200 messages a
 * second of people who are linked, until each is a transaction with its reply.
 */
import path from 'node:path'
import type pg from 'pg'
import { startGraphDouble } from '../backend/src/integrations/whatsapp/graph-double.ts'
import { clientOf, manySessions } from './lab/client.ts'
import type { Check, Figure } from './lab/figure.ts'
import type { BenchDatabase, Lab, Server } from './lab/lab.ts'
import { load } from './lab/load.ts'
import { interleave, pairedRatio, tableOf, type Target } from './lab/rounds.ts'
import type { WebhookSourceOptions } from './lab/webhook-source.ts'
import { sender, signature, webhookBody } from './lab/whatsapp-body.ts'

const PATH = '/api/v1/webhooks/whatsapp'
const SOURCE = path.join(import.meta.dirname, 'lab', 'webhook-source.ts')
const PEOPLE = 20
const RATE = 200
const REPEAT_EVERY = 20
const DRAIN_MS = 240_000

export const webhook: Figure = {
  name: 'webhook',
  title: 'WhatsApp webhook, signed bodies of one message',
  async run(lab) {
    const database = await lab.database('webhook')
    const graph = await startGraphDouble({
      port: await lab.freePort(),
      webhookUrl: 'http://127.0.0.1:9/',
      appSecret: lab.whatsapp.secret,
      phoneNumberId: lab.whatsapp.phoneNumberId,
      token: 'token',
      statuses: 'none',
    })
    // Counted as ever; what is measured is what the server can do, and not where it begins to refuse.
    const env = {
      WHATSAPP_API_TOKEN: 'token',
      WHATSAPP_GRAPH_URL: graph.url,
      RATE_LIMIT_POLICIES: 'deliveries=100000000/10',
    }
    try {
      const api = await lab.startApi(database, { roles: 'api,webhook', env })
      const worker = await lab.startWorker(database, env)
      await linkPeople(lab, database, api)
      await worker.stop()
      const results = await saturate(lab, database, api)
      await forget(database.admin)
      const busy = await lab.startWorker(database, env)
      const steady = await openLoop(lab, database, api)
      for (const each of [api, busy]) await each.stop()
      return {
        table: tableOf(results),
        checks: [
          {
            what: 'deliveries per second ÷ bare',
            value: pairedRatio(results, 'CHRONOS', 'bare', ({ perSecond }) => perSecond),
            unit: '',
            bound: 'least',
            limit: 0.5,
          },
          ...steady.checks,
        ],
        notes: [
          'The bare handler verifies the HMAC and inserts one row. Both commits wait for the disk; 16 connections.',
          ...steady.notes,
        ],
      }
    } finally {
      await graph.close()
    }
  },
}

/** People sign up, show that their e-mail is theirs, and link their chats with a code, as they do in the product. */
async function linkPeople(lab: Lab, database: BenchDatabase, api: Server): Promise<void> {
  await manySessions(api, PEOPLE)
  await database.admin.query('update control.identities set email_verified_at = now()')
  for (const [n, session] of (await manySessions(api, PEOPLE)).entries()) {
    const client = clientOf(api, session)
    const { body } = await client.send('POST', '/whatsapp/link-codes')
    const { secret, phoneNumberId } = lab.whatsapp
    const bytes = webhookBody({
      phoneNumberId,
      sender: sender(n),
      wamid: `wamid.link.${n}.${Date.now()}`,
      text: String(body['code']),
    })
    await client.send('POST', '/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })
    const answer = await fetch(`${api.url}${PATH}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature(secret, bytes) },
      body: new Uint8Array(bytes),
    })
    if (!answer.ok) throw new Error(`the webhook refused a link code: ${answer.status}`)
    await until('a chat is linked', 30_000, async () => {
      const chats = await client.send('GET', '/whatsapp/chats')
      return (chats.body['items'] as unknown[]).length > 0
    })
  }
}

function saturate(lab: Lab, database: BenchDatabase, api: Server): ReturnType<typeof interleave> {
  const { secret, phoneNumberId } = lab.whatsapp
  const target = (name: string, server: Server, url: string): Target => {
    const options: WebhookSourceOptions = {
      path: url,
      secret,
      phoneNumberId,
      senders: PEOPLE,
      repeatEvery: 0,
    }
    const seconds = 1
    return {
      name,
      nodePids: [server.pid],
      plan: { port: server.port, connections: 16, seconds, source: SOURCE, options },
    }
  }
  return (async () => {
    const bare = await lab.startBare('webhook-server.ts', { DATABASE_URL: database.adminUrl, SECRET: secret })
    try {
      const targets = [target('bare', bare, '/webhook'), target('CHRONOS', api, PATH)]
      return await interleave(targets, lab.servers, lab.quick ? 5 : 15)
    } finally {
      await bare.stop()
    }
  })()
}

/** What the first part delivered is never worked off: it would be in the way of the second. */
async function forget(admin: pg.Client): Promise<void> {
  await admin.query('truncate control.inbound_events')
  await admin.query("delete from pgboss.job where name = 'whatsapp.inbound'")
  await admin.query('vacuum (analyze) pgboss.job')
}

async function openLoop(
  lab: Lab,
  database: BenchDatabase,
  api: Server,
): Promise<{ checks: Check[]; notes: string[] }> {
  const { secret, phoneNumberId } = lab.whatsapp
  const options: WebhookSourceOptions = {
    path: PATH,
    secret,
    phoneNumberId,
    senders: PEOPLE,
    repeatEvery: REPEAT_EVERY,
  }
  const before = await counts(database.admin)
  const seconds = lab.quick ? 5 : 12
  const started = performance.now()
  const result = await load({ port: api.port, connections: 64, seconds, rate: RATE, source: SOURCE, options })
  const messages = result.ok + result.failed - Math.floor((result.ok + result.failed) / REPEAT_EVERY)
  await until('every message is handled', DRAIN_MS, async () => {
    const { waiting, unsent } = await counts(database.admin)
    return waiting === 0 && unsent === 0
  })
  const drained = (performance.now() - started) / 1000
  const after = await counts(database.admin)
  const check = (what: string, value: number, unit: string, limit: number): Check => ({
    what,
    value,
    unit,
    bound: 'most',
    limit,
  })
  const made = (name: 'events' | 'transactions' | 'replies'): number => after[name] - before[name]
  const lost = Math.max(
    0,
    ...(['events', 'transactions', 'replies'] as const).map((name) => messages - made(name)),
  )
  const doubled = Math.max(
    0,
    ...(['events', 'transactions', 'replies'] as const).map((name) => made(name) - messages),
  )
  return {
    checks: [
      check(`acknowledged at ${RATE} a second, p99`, result.p99Ms, 'ms', 50),
      check('refused', result.failed, '', 0),
      check('lost', lost, '', 0),
      check('doubled', doubled, '', 0),
    ],
    notes: [
      `At ${RATE} a second for ${seconds} s: p50 ${result.p50Ms.toFixed(1)} ms, slowest ${result.maxMs.toFixed(0)} ms; one delivery of ${REPEAT_EVERY} came twice.`,
      `${messages} messages became ${made('events')} events, ${made('transactions')} transactions and ${made('replies')} replies, the last after ${drained.toFixed(0)} s; a worker ran beside the API.`,
    ],
  }
}

interface Counts {
  events: number
  transactions: number
  replies: number
  waiting: number
  unsent: number
}

async function counts(admin: pg.Client): Promise<Counts> {
  const { rows } = await admin.query<Counts>(`select
    (select count(*)::int from control.inbound_events) as events,
    (select count(*)::int from app.transactions where source = 'whatsapp') as transactions,
    (select count(*)::int from app.whatsapp_messages where direction = 'outbound') as replies,
    (select count(*)::int from control.inbound_events where processed_at is null) as waiting,
    (select count(*)::int from app.whatsapp_messages where direction = 'outbound' and state = 'queued') as unsent`)
  const [row] = rows
  if (!row) throw new Error('the database did not count')
  return row
}

async function until(what: string, timeoutMs: number, done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`after ${timeoutMs / 1000} s it is not so that ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
