/** How much the webhook takes, from whom, and that nothing it has taken is lost, doubled or kept waiting by a flood. */
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sign } from '../../integrations/whatsapp/signature.ts'
import { createHarness, TEST_WHATSAPP, type Answer, type Harness } from '../../../test/harness.ts'

const META = '203.0.113.10'
const PEOPLE = 10

interface Message {
  id: string
  from: string
  text: string
}

function bodyOf({ id, from, text }: Message): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: TEST_WHATSAPP.phoneNumberId },
    contacts: [{ profile: { name: 'Ana' }, wa_id: from }],
    messages: [{ from, id, timestamp: '1795435200', type: 'text', text: { body: text } }],
  }
  const changes = [{ field: 'messages', value }]
  return JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] })
}

function post(
  harness: Harness,
  body: string,
  signature: string | null,
  remoteAddress: string,
): Promise<Answer> {
  return harness.request({
    method: 'POST',
    url: '/api/v1/webhooks/whatsapp',
    payload: body,
    remoteAddress,
    headers: {
      'content-type': 'application/json',
      ...(signature === null ? {} : { 'x-hub-signature-256': signature }),
    },
  })
}

function deliver(harness: Harness, message: Message): Promise<Answer> {
  const body = bodyOf(message)
  return post(harness, body, sign(TEST_WHATSAPP.secret, Buffer.from(body)), META)
}

const phoneOf = (person: number): string => `55119${String(70_000_000 + person)}`

describe('the webhook', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({
      environment: { RATE_LIMITS: 'on', RATE_LIMIT_POLICIES: 'unsigned=5/60, deliveries=40/10' },
    })
  })
  afterAll(() => harness.close())

  it('lets an address without a good signature try a few times, and says when to come back', async () => {
    const body = bodyOf({ id: 'wamid.x', from: phoneOf(0), text: 'oi' })
    const bad = [null, 'sha256=', sign('another secret', Buffer.from(body))]
    const answers = []
    for (let i = 0; i < 7; i += 1) answers.push(await post(harness, body, bad[i % 3] ?? null, '198.51.100.1'))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429])
    expect(answers[5]?.headers).toMatchObject({
      'retry-after': '60',
      ratelimit: '"unsigned";r=0;t=60',
      'content-type': expect.stringContaining('application/problem+json'),
    })
    // Nobody else waits for it, and what is signed is taken from that address too.
    expect((await post(harness, body, null, '198.51.100.2')).status).toBe(401)
    const good = sign(TEST_WHATSAPP.secret, Buffer.from(body))
    expect((await post(harness, body, good, '198.51.100.1')).status).toBe(200)
  })

  it('sends signed deliveries beyond its limit away to come again, and takes them then', async () => {
    harness.clock.advance(60_000)
    const statuses = []
    for (let i = 0; i < 45; i += 1)
      statuses.push(await deliver(harness, { id: `wamid.limit.${i}`, from: phoneOf(0), text: 'oi' }))
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(40)
    const refused = statuses.filter(({ status }) => status === 503)
    expect(refused).toHaveLength(5)
    expect(refused[0]?.headers['retry-after']).toBe('10')
    harness.clock.advance(10_000)
    for (let i = 40; i < 45; i += 1) {
      const again = await deliver(harness, { id: `wamid.limit.${i}`, from: phoneOf(0), text: 'oi' })
      expect(again.status).toBe(200)
    }
    const { rows } = await harness.database.admin.query(
      "select count(*)::int as n from control.inbound_events where event_key like 'message:wamid.limit.%'",
    )
    expect(rows).toEqual([{ n: 45 }])
  })
})

describe('messages of many workspaces from one address', () => {
  let harness: Harness

  beforeAll(async () => {
    // Nothing is sent: what is looked at is what came in, was booked and is to be answered.
    harness = await createHarness({ environment: { RATE_LIMITS: 'on', WHATSAPP_API_TOKEN: '' } })
    for (let person = 0; person < PEOPLE; person += 1) {
      const client = await harness.verify(await harness.signUp())
      await client.post('/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })
      const { code } = (await client.post('/whatsapp/link-codes')).body
      await deliver(harness, { id: `wamid.link.${person}`, from: phoneOf(person), text: code })
    }
    const jobs = await harness.startJobs()
    await settled()
    await jobs.stop()
  }, 120_000)
  afterAll(() => harness.close())

  async function settled(): Promise<void> {
    await vi.waitFor(
      async () => {
        const { rows } = await harness.database.admin.query(
          'select count(*)::int as waiting from control.inbound_events where processed_at is null',
        )
        expect(rows).toEqual([{ waiting: 0 }])
      },
      { timeout: 580_000, interval: 200 },
    )
  }

  it('do not wait behind one that floods: it waits behind itself', async () => {
    for (let i = 0; i < 200; i += 1)
      await deliver(harness, { id: `wamid.flood.${i}`, from: phoneOf(0), text: `mercado ${i + 1}` })
    for (let person = 1; person < 4; person += 1) {
      for (let i = 0; i < 3; i += 1)
        await deliver(harness, {
          id: `wamid.calm.${person}.${i}`,
          from: phoneOf(person),
          text: `padaria ${i + 1}`,
        })
    }
    const jobs = await harness.startJobs()
    await settled()
    await jobs.stop()
    const { rows } = await harness.database.admin.query<{ event_key: string }>(
      `select e.event_key from control.inbound_events e join pgboss.job j on (j.data ->> 'subjectId')::uuid = e.id
       where e.event_key like 'message:wamid.flood.%' or e.event_key like 'message:wamid.calm.%'
       order by j.started_on, j.completed_on`,
    )
    const order = rows.map(({ event_key: key }) => key)
    expect(order).toHaveLength(209)
    const last = order.findLastIndex((key) => key.includes('calm'))
    const floodedBefore = order.slice(0, last).filter((key) => key.includes('flood')).length
    // Three turns each, and what the workers had in hand; by order of arrival it would have been 200.
    expect(floodedBefore).toBeLessThanOrEqual(8)
  }, 600_000)

  it('are all found and none doubled, at 500 a second, some of them delivered twice', async () => {
    const total = 1500
    const before = await counts()
    const jobs = await harness.startJobs()
    const messages = Array.from({ length: total }, (_each, i) => ({
      id: `wamid.many.${i}`,
      from: phoneOf(i % PEOPLE),
      text: `mercado ${(i % 90) + 1},${10 + (i % 90)}`,
    }))
    const answers: Promise<Answer>[] = []
    for (let tick = 0; tick < total / 25; tick += 1) {
      const part = messages.slice(tick * 25, tick * 25 + 25)
      // Each twentieth comes twice at once; some come again later on.
      const again = part.filter((_each, i) => (tick * 25 + i) % 20 === 0)
      answers.push(...[...part, ...again].map((message) => deliver(harness, message)))
      await wait(50)
    }
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses).toHaveLength(total + total / 20)
    expect(new Set(statuses)).toEqual(new Set([200]))
    for (const message of messages.filter((_each, i) => i % 50 === 0))
      expect((await deliver(harness, message)).status).toBe(200)
    await settled()
    await jobs.stop()
    const after = await counts()
    expect(after.map((each, index) => each - (before[index] ?? 0))).toEqual([total, total, total, total])
    const { rows } = await harness.database.admin.query<{ n: number }>(
      `select count(*)::int as n from app.whatsapp_messages where direction = 'inbound' and wamid like 'wamid.many.%'
       group by tenant_id`,
    )
    expect(rows).toEqual(Array(PEOPLE).fill({ n: total / PEOPLE }))
  }, 600_000)

  /** Events, messages, transactions and replies. */
  async function counts(): Promise<number[]> {
    const { rows } = await harness.database.admin.query<{ n: number }>(
      `select count(*)::int as n from control.inbound_events union all
       select count(*)::int from app.whatsapp_messages where direction = 'inbound' union all
       select count(*)::int from app.transactions where source = 'whatsapp' union all
       select count(*)::int from app.whatsapp_messages where direction = 'outbound' and state = 'queued'`,
    )
    return rows.map(({ n }) => n)
  }
})
