import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GraphDouble } from '../../integrations/whatsapp/graph-double.ts'
import { sign } from '../../integrations/whatsapp/signature.ts'
import { startTestGraph } from '../../../test/chats.ts'
import { createHarness, TEST_WHATSAPP, type Client, type Harness } from '../../../test/harness.ts'

let harness: Harness
let double: GraphDouble
beforeAll(async () => {
  double = await startTestGraph()
  harness = await createHarness({ environment: { WHATSAPP_GRAPH_URL: double.url } })
  await harness.startJobs()
})
afterAll(async () => {
  await harness.close()
  await double.close()
})

interface Names {
  waId?: string
  bsuid?: string
}

let wamids = 0

/** Delivers a text of somebody whom the body names as told. */
async function say({ waId, bsuid }: Names, text: string): Promise<void> {
  wamids += 1
  const contact = { profile: { name: 'Ana' }, ...(waId && { wa_id: waId }), ...(bsuid && { user_id: bsuid }) }
  const message = {
    ...(waId && { from: waId }),
    ...(bsuid && { from_user_id: bsuid }),
    id: `wamid.named.${wamids}`,
    timestamp: String(Math.floor(harness.clock.now().getTime() / 1000)),
    type: 'text',
    text: { body: text },
  }
  await deliver({ contacts: [contact], messages: [message] })
}

/** Delivers what a webhook may hold, and waits until its jobs are done. */
async function deliver(content: object): Promise<void> {
  const value = { metadata: { phone_number_id: TEST_WHATSAPP.phoneNumberId }, ...content }
  const payload = JSON.stringify({ entry: [{ changes: [{ field: 'messages', value }] }] })
  const { status } = await harness.request({
    method: 'POST',
    url: '/api/v1/webhooks/whatsapp',
    payload,
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': sign(TEST_WHATSAPP.secret, Buffer.from(payload)),
    },
  })
  expect(status).toBe(200)
  await expect
    .poll(
      async () =>
        (
          await harness.database.admin.query(
            'select 1 from control.inbound_events where processed_at is null',
          )
        ).rowCount,
      { timeout: 30_000, interval: 25 },
    )
    .toBe(0)
}

async function link(client: Client, names: Names): Promise<string> {
  await harness.verify(client)
  await say(names, (await client.post('/whatsapp/link-codes')).body.code)
  return (await client.get('/whatsapp/chats')).body.items[0].id as string
}

async function booked(client: Client): Promise<number[]> {
  const { items } = (await client.get('/transactions')).body
  return items.map(({ amountMinor }: { amountMinor: number }) => amountMinor).toReversed()
}

describe('a linked person', () => {
  it('stays known when Meta begins to give an id beside the phone, and when it leaves either out', async () => {
    const client = await harness.signUp()
    const waId = '5511999990101'
    await link(client, { waId })
    await say({ waId, bsuid: 'BR.313' }, 'mercado 1,00')
    await say({ waId }, 'mercado 2,00')
    await say({ bsuid: 'BR.313' }, 'mercado 3,00')
    expect(await booked(client)).toEqual([-100, -200, -300])
  })

  it('is not whoever has the number after them, with an id of their own', async () => {
    const client = await harness.signUp()
    const waId = '5511999990102'
    await link(client, { waId })
    await say({ waId, bsuid: 'BR.414' }, 'mercado 1,00')
    await say({ waId, bsuid: 'BR.415' }, 'mercado 2,00')
    expect(await booked(client)).toEqual([-100])
  })

  it('by an id is known by the phone as well, and by a new phone instead of the one before', async () => {
    const client = await harness.signUp()
    await link(client, { waId: '5511999990103', bsuid: 'BR.515' })
    await say({ waId: '5511999990103' }, 'mercado 1,00')
    await say({ waId: '5511999990104', bsuid: 'BR.515' }, 'mercado 2,00')
    await say({ waId: '5511999990104' }, 'mercado 3,00')
    await say({ waId: '5511999990103' }, 'mercado 4,00')
    expect(await booked(client)).toEqual([-100, -200, -300])
  })

  it('who links anew without the id that was known writes into one chat, not into two', async () => {
    const client = await harness.signUp()
    const waId = '5511999990105'
    await link(client, { waId, bsuid: 'BR.616' })
    const chatId = await link(client, { waId })
    await say({ waId, bsuid: 'BR.616' }, 'mercado 1,00')
    expect(await booked(client)).toEqual([-100])
    const { items } = (await client.get(`/whatsapp/chats/${chatId}/messages`)).body
    expect(items.map(({ text }: { text: string }) => text)).toContain('mercado 1,00')
    expect((await client.get('/whatsapp/chats')).body.items).toMatchObject([
      { id: chatId, state: 'linked' },
      { state: 'unlinked' },
    ])
  })
})

describe('a delivery status', () => {
  it('without our own id is found by its recipient and the id of Meta, and goes to nobody else', async () => {
    const [client, other] = [await harness.signUp(), await harness.signUp()]
    const waId = '5511999990106'
    const chatId = await link(client, { waId })
    await link(other, { waId: '5511999990107' })
    const states = async (): Promise<string[]> =>
      (await client.get(`/whatsapp/chats/${chatId}/messages`)).body.items
        .filter(({ direction }: { direction: string }) => direction === 'outbound')
        .map(({ state }: { state: string }) => state)
    await expect.poll(states, { timeout: 30_000, interval: 25 }).toEqual(['sent'])
    const { rows } = await harness.database.admin.query<{ wamid: string }>(
      "select wamid from app.whatsapp_messages where chat_id = $1 and direction = 'outbound'",
      [chatId],
    )
    const status = { id: rows[0]?.wamid, status: 'read', timestamp: '1700000000' }
    await deliver({ statuses: [{ ...status, recipient_id: '5511999990107' }] })
    expect(await states()).toEqual(['sent'])
    await deliver({ statuses: [{ ...status, recipient_id: waId, status: 'delivered' }] })
    expect(await states()).toEqual(['delivered'])
  })
})
