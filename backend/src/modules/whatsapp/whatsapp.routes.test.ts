import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { GraphDouble } from '../../integrations/whatsapp/graph-double.ts'
import { deriveVerifyToken, sign } from '../../integrations/whatsapp/signature.ts'
import { chatsOf, startTestGraph } from '../../../test/chats.ts'
import { resumeTenant, suspendTenant } from '../control-plane/tenants.service.ts'
import { createHarness, TEST_WHATSAPP, type Answer, type Harness } from '../../../test/harness.ts'

const BY = { operatorId: null, name: 'tests', ip: null, requestId: null }
let harness: Harness
let double: GraphDouble

beforeAll(async () => {
  // Webhooks of the double (statuses) go nowhere here; what it receives is what is looked at.
  double = await startTestGraph()
  harness = await createHarness({ environment: { WHATSAPP_GRAPH_URL: double.url } })
  await harness.startJobs()
})
afterAll(async () => {
  await harness.close()
  await double.close()
})

const { bodyOf, deliver, settled, say, link, messages } = chatsOf(() => harness)

describe('GET /webhooks/whatsapp', () => {
  const verify = (query: Record<string, string>): Promise<Answer> =>
    harness.request({
      method: 'GET',
      url: `/api/v1/webhooks/whatsapp?${new URLSearchParams(query).toString()}`,
    })

  it('answers the challenge as it is, when the token derived from the secret fits', async () => {
    const answer = await verify({
      'hub.mode': 'subscribe',
      'hub.challenge': '<b>1158201444</b>',
      'hub.verify_token': deriveVerifyToken(TEST_WHATSAPP.secret),
    })
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([
      200,
      '<b>1158201444</b>',
      'text/plain; charset=utf-8',
    ])
  })

  it('refuses a wrong token, the secret itself, and a request without mode', async () => {
    const token = deriveVerifyToken(TEST_WHATSAPP.secret)
    expect(
      (await verify({ 'hub.mode': 'subscribe', 'hub.challenge': '1', 'hub.verify_token': 'wrong' })).status,
    ).toBe(403)
    expect(
      (
        await verify({
          'hub.mode': 'subscribe',
          'hub.challenge': '1',
          'hub.verify_token': TEST_WHATSAPP.secret,
        })
      ).status,
    ).toBe(403)
    expect((await verify({ 'hub.challenge': '1', 'hub.verify_token': token })).status).toBe(403)
  })
})

describe('POST /webhooks/whatsapp', () => {
  it('refuses a body that is not signed, signed by another, or altered by a byte', async () => {
    const body = bodyOf({ text: 'mercado 52,90 💸' })
    const good = sign(TEST_WHATSAPP.secret, Buffer.from(body))
    expect((await deliver(body, null)).status).toBe(401)
    expect((await deliver(body, sign('another secret', Buffer.from(body)))).status).toBe(401)
    expect((await deliver(`${body} `, good)).status).toBe(401)
  })

  it('keeps nothing of a number that nobody here owns', async () => {
    expect(
      (await deliver(bodyOf({ id: 'wamid.foreign', text: 'oi', phoneNumberId: '1122334455667' }))).status,
    ).toBe(200)
    const { rows } = await harness.database.admin.query(
      "select 1 from control.inbound_events where event_key like '%foreign%'",
    )
    expect(rows).toEqual([])
  })

  it('keeps nothing of what a stranger writes, and tells them once how to link', async () => {
    const waId = '5511888880000'
    await say({ waId, text: 'gastei 30 com segredos' })
    await say({ waId, text: 'alguém aí?' })
    const { rows } = await harness.database.admin.query(
      'select payload from control.inbound_events where sender_key = $1',
      [waId],
    )
    expect(rows).toEqual([{ payload: null }, { payload: null }])
    expect(double.sends.filter((send) => JSON.stringify(send).includes(waId))).toHaveLength(1)
  })
})

describe('a linked person', () => {
  it('turns a message into a transaction and one reply, however often it is delivered', async () => {
    const client = await harness.signUp()
    await client.post('/accounts', { name: 'Nubank', type: 'checking', currency: 'BRL' })
    const chatId = await link(client, { waId: '5511999990001' })
    const body = bodyOf({ waId: '5511999990001', text: 'mercado 52,90' })
    const answers = await Promise.all([deliver(body), deliver(body), deliver(body)])
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200])
    await settled()
    await deliver(body)
    await settled()
    const { items } = (await client.get('/transactions')).body
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({
      amountMinor: -5290,
      currency: 'BRL',
      source: 'whatsapp',
      occurredOn: '2026-11-23',
    })
    expect(items[0].categoryId).not.toBeNull()
    const said = await messages(client, chatId)
    expect(said.filter((each) => each.text === 'mercado 52,90')).toHaveLength(1)
    expect(said.filter((each) => each.text === 'mercado 52,90')[0]).toMatchObject({
      direction: 'inbound',
      state: 'processed',
      transactionId: items[0].id,
    })
    const [reply, ...others] = said.filter(
      (each) => each.direction === 'outbound' && each.text.includes('52,90'),
    )
    expect([others.length, reply?.state]).toEqual([0, 'sent'])
  })

  let understood = 0
  it.each([
    ['paguei 1.234,56 no aluguel ontem', { amountMinor: -123456, occurredOn: '2026-11-22' }],
    ['recebi 5000 de salário', { amountMinor: 500000, occurredOn: '2026-11-23' }],
    ['spent 12.50 on coffee', { amountMinor: -1250 }],
  ])('is understood: %s', async (text, expected) => {
    const client = await harness.signUp()
    understood += 1
    const waId = `55119555500${understood}0`
    await link(client, { waId })
    await say({ waId, text })
    expect((await client.get('/transactions')).body.items).toMatchObject([expected])
  })

  it('asks for balance and spending, and takes the last record back', async () => {
    const client = await harness.signUp()
    const waId = '5511999990002'
    const chatId = await link(client, { waId })
    await say({ waId, text: 'mercado 52,90' })
    await say({ waId, text: 'saldo' })
    await say({ waId, text: 'gastos do mês' })
    await say({ waId, text: 'desfazer' })
    const replies = (await messages(client, chatId))
      .filter((each) => each.direction === 'outbound')
      .map((each) => each.text)
    const [undone, spending, balance] = replies
    expect(balance).toMatch(/-\s?R\$\s?52,90|R\$\s?-52,90|−R\$\s?52,90/)
    expect(spending).toContain('52,90')
    expect(undone).toContain('52,90')
    expect((await client.get('/transactions')).body.items).toEqual([])
  })

  it('by business-scoped id is not the phone that once had it', async () => {
    const client = await harness.signUp()
    const waId = '5511999990003'
    await link(client, { waId, bsuid: 'BR.111' })
    await say({ waId, bsuid: 'BR.222', text: 'mercado 10,00' })
    expect((await client.get('/transactions')).body.items).toEqual([])
    await say({ waId: '5511777770000', bsuid: 'BR.111', text: 'mercado 10,00' })
    expect((await client.get('/transactions')).body.items).toHaveLength(1)
  })

  it('is tied to nobody who has not shown that their e-mail is theirs', async () => {
    const client = await harness.signUp()
    const { status, body } = await client.post('/whatsapp/link-codes')
    expect([status, body.code]).toEqual([403, 'email_unverified'])
    await harness.verify(client)
    expect((await client.post('/whatsapp/link-codes')).status).toBe(201)
  })

  it('gets no second use out of a code, and none out of an old one', async () => {
    const [first, second] = [
      await harness.verify(await harness.signUp()),
      await harness.verify(await harness.signUp()),
    ]
    const { body: used } = await first.post('/whatsapp/link-codes')
    await say({ waId: '5511999990004', text: used.code })
    await say({ waId: '5511999990005', text: used.code })
    expect((await first.get('/whatsapp/chats')).body.items).toHaveLength(1)
    const { body: old } = await second.post('/whatsapp/link-codes')
    harness.clock.advance(16 * 60_000)
    await say({ waId: '5511999990006', text: old.code })
    expect((await second.get('/whatsapp/chats')).body.items).toEqual([])
  })

  it('who links elsewhere books there, and no more in the workspace before', async () => {
    const [before, after] = [await harness.signUp(), await harness.signUp()]
    const waId = '5511999990007'
    const chatId = await link(before, { waId })
    await link(after, { waId })
    await say({ waId, text: 'mercado 9,90' })
    expect((await before.get('/transactions')).body.items).toEqual([])
    expect((await after.get('/transactions')).body.items).toHaveLength(1)
    expect((await before.get('/whatsapp/chats')).body.items).toMatchObject([
      { id: chatId, state: 'unlinked' },
    ])
  })

  it('hears once about pictures, and nothing about reactions', async () => {
    const client = await harness.signUp()
    const waId = '5511999990008'
    const chatId = await link(client, { waId })
    await say({ waId, message: { type: 'image', image: { id: '1', mime_type: 'image/jpeg', sha256: 'x' } } })
    await say({ waId, message: { type: 'reaction', reaction: { message_id: 'wamid.none', emoji: '👍' } } })
    const said = await messages(client, chatId)
    expect(said.map((each) => each.direction)).toEqual([
      'inbound',
      'outbound',
      'inbound',
      'outbound',
      'inbound',
    ])
    expect((await client.get('/transactions')).body.items).toEqual([])
  })

  it('is told of an amount that no total can hold, once, and is heard again', async () => {
    const client = await harness.signUp()
    const waId = '5511999990010'
    const chatId = await link(client, { waId })
    await say({ waId, text: 'recebi 10,00 de salário' })
    await harness.database.admin.query('update app.account_totals set net_minor = $2 where tenant_id = $1', [
      client.session.tenant.id,
      Number.MAX_SAFE_INTEGER,
    ])
    await say({ waId, text: 'recebi 20,00 de salário' })
    await say({ waId, text: 'oi' })
    const [hello, heard, refusal] = await messages(client, chatId)
    expect([hello?.direction, heard?.text]).toEqual(['outbound', 'oi'])
    expect(refusal?.text).toContain('grande demais')
    expect((await client.get('/transactions')).body.items).toHaveLength(1)
  })

  it('is heard although an earlier message of theirs cannot be handled', async () => {
    const client = await harness.signUp()
    const waId = '5511999990011'
    const chatId = await link(client, { waId })
    await harness.database.admin.query(
      `insert into control.inbound_events (id, phone_number_id, event_key, sender_key, payload, received_at)
       values (gen_random_uuid(), $1, 'message:broken', $2, '{"kind":"message","type":"text","text":5,"sender":null}', '2026-01-01')`,
      [TEST_WHATSAPP.phoneNumberId, waId],
    )
    expect((await deliver(bodyOf({ waId, text: 'mercado 52,90' }))).status).toBe(200)
    await expect
      .poll(async () => (await messages(client, chatId))[1]?.text, { timeout: 10_000 })
      .toBe('mercado 52,90')
    await harness.database.admin.query(
      "delete from control.inbound_events where event_key = 'message:broken'",
    )
  })

  it('waits while the workspace is suspended, in order, and is heard when it goes on', async () => {
    const client = await harness.signUp()
    const tenantId = client.session.tenant.id
    await client.post('/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })
    const waId = '5511977770001'
    const chatId = await link(client, { waId })
    const { admin } = harness.database
    const jobsDone = async (): Promise<void> => {
      await vi.waitFor(
        async () => {
          const { rows } = await admin.query(
            `select 1 from pgboss.job where name = 'whatsapp.inbound' and state in ('created', 'active', 'retry')`,
          )
          expect(rows).toEqual([])
        },
        { timeout: 10_000, interval: 25 },
      )
    }
    const deps = { ...harness.context, bcryptRounds: 4 }
    await suspendTenant(deps, tenantId, 'Conta em atraso', BY)
    for (const text of ['mercado 52,90', 'padaria 8']) {
      expect((await deliver(bodyOf({ waId, text }))).status).toBe(200)
    }
    await jobsDone()
    const { rows } = await admin.query(
      'select payload is not null as kept from control.inbound_events where processed_at is null',
    )
    expect(rows).toEqual([{ kept: true }, { kept: true }])

    await resumeTenant(deps, tenantId, BY)
    await settled()
    const booked = (await client.get('/transactions')).body.items as { amountMinor: number }[]
    expect(booked.map(({ amountMinor }) => amountMinor).sort((a, b) => a - b)).toEqual([-5290, -800])
    const said = await messages(client, chatId)
    expect(said.filter(({ text }) => /mercado|padaria/i.test(text)).length).toBeGreaterThanOrEqual(2)
  })

  it('presses a button that is none of ours, and is answered', async () => {
    const client = await harness.signUp()
    const waId = '5511999990012'
    const chatId = await link(client, { waId })
    const reply = { id: `undo:${'-'.repeat(36)}`, title: 'mercado 5' }
    await say({
      waId,
      message: { type: 'interactive', interactive: { type: 'button_reply', button_reply: reply } },
    })
    expect((await messages(client, chatId))[0]?.direction).toBe('outbound')
  })
})
