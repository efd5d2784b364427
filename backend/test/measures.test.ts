/** What a day of the product leaves in GET /metrics: what was booked, signed in, delivered, sent. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { GraphDouble } from '../src/integrations/whatsapp/graph-double.ts'
import { sign } from '../src/integrations/whatsapp/signature.ts'
import { startTestGraph } from './chats.ts'
import { createHarness, TEST_WHATSAPP, type Client, type Harness } from './harness.ts'

const TOKEN = 'metrics-token-of-tests-0123456789abcdef'
let harness: Harness
let double: GraphDouble
let person: Client

beforeAll(async () => {
  double = await startTestGraph()
  harness = await createHarness({ environment: { METRICS_TOKEN: TOKEN, WHATSAPP_GRAPH_URL: double.url } })
  await harness.startJobs()
  person = await harness.signUp()
})
afterAll(async () => {
  await harness.close()
  await double.close()
})

async function metrics(): Promise<string> {
  const answer = await harness.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })
  return answer.body
}

let messages = 0

function deliver(text: string, secret = TEST_WHATSAPP.secret): Promise<unknown> {
  messages += 1
  const phoneNumberId = TEST_WHATSAPP.phoneNumberId
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
    contacts: [{ profile: { name: 'Ana' }, wa_id: '5511999990000' }],
    messages: [
      {
        from: '5511999990000',
        id: `wamid.${messages}`,
        timestamp: String(Math.floor(harness.clock.now().getTime() / 1000)),
        type: 'text',
        text: { body: text },
      },
    ],
  }
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: '1', changes: [{ field: 'messages', value }] }],
  })
  return harness.request({
    method: 'POST',
    url: '/api/v1/webhooks/whatsapp',
    payload: body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(secret, Buffer.from(body)) },
  })
}

const MAIL_SENT = /^chronos_sends_total\{channel="mail",result="sent"\} [1-9]/m

it('counts what was booked, by where it came from, once it is committed', async () => {
  const account = (name: string) => person.post('/accounts', { name, type: 'checking', currency: 'BRL' })
  const [one, two] = [(await account('Um')).body.id, (await account('Dois')).body.id]
  const booking = { accountId: one, occurredOn: '2026-11-23', amountMinor: -1050, description: 'Feira' }
  expect((await person.post('/transactions', booking)).status).toBe(201)
  expect(
    (await person.post('/transactions', { ...booking, accountId: person.session.tenant.id })).status,
  ).toBe(422)
  const transfer = {
    fromAccountId: one,
    toAccountId: two,
    amountMinor: 500,
    occurredOn: '2026-11-23',
    description: 'x',
  }
  expect((await person.post('/transfers', transfer)).status).toBe(201)
  const csv = 'data;descricao;valor\n20/11/2026;Mercado;-10,50\n21/11/2026;Padaria;-3,20\n'
  const upload = await person.upload('/imports', { name: 'x.csv', content: csv }, { accountId: one })
  expect((await person.post(`/imports/${upload.body.id}/apply`, {})).status).toBeLessThan(300)

  // The mail that asks to confirm an address is not sent once the address is confirmed.
  await expect.poll(metrics, { timeout: 15_000 }).toMatch(MAIL_SENT)
  await harness.verify(person)
  const { code } = (await person.post('/whatsapp/link-codes')).body
  await deliver(code)
  await deliver('mercado 25')
  await expect
    .poll(metrics, { timeout: 15_000 })
    .toMatch(/transactions_booked_total\{source="whatsapp"\} 1$/m)
  const text = await metrics()
  expect(text).toMatch(/^chronos_transactions_booked_total\{source="manual"\} 1$/m)
  expect(text).toMatch(/^chronos_transactions_booked_total\{source="transfer"\} 2$/m)
  expect(text).toMatch(/^chronos_transactions_booked_total\{source="import"\} 2$/m)
  expect(text).toMatch(/^chronos_job_wait_seconds_count\{queue="whatsapp\.inbound"\} 2$/m)
})

it('counts what left, by channel', async () => {
  await expect
    .poll(metrics, { timeout: 15_000 })
    .toMatch(/^chronos_sends_total\{channel="whatsapp",result="sent"\} 2$/m)
  expect(await metrics()).toMatch(MAIL_SENT)
})

it('counts sign-ins, registrations and deliveries that nobody signed', async () => {
  const login = (password: string) =>
    harness.request({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email: person.email, password },
    })
  expect((await login('wrong password of nobody')).status).toBe(401)
  expect((await login(person.password)).status).toBe(200)
  await deliver('mercado 25', 'another secret, which is not ours at all')
  const text = await metrics()
  expect(text).toMatch(/^chronos_sign_ins_total\{result="refused"\} 1$/m)
  expect(text).toMatch(/^chronos_sign_ins_total\{result="accepted"\} 1$/m)
  expect(text).toMatch(/^chronos_registrations_total 1$/m)
  expect(text).toMatch(/^chronos_webhook_deliveries_total\{result="bad_signature"\} 1$/m)
  expect(text).toMatch(/^chronos_webhook_deliveries_total\{result="accepted"\} 2$/m)
  expect(text).toMatch(/^chronos_workspaces\{status="active"\} 1$/m)
})
