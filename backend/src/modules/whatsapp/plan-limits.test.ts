/** What a plan does not open or has no room for is refused in a chat as it is on the web: said so, and nothing kept. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { GraphDouble } from '../../integrations/whatsapp/graph-double.ts'
import { chatsOf, startTestGraph } from '../../../test/chats.ts'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { forgetPlans } from '../plans/plans.service.ts'

let harness: Harness
let double: GraphDouble
let client: Client
let chatId: string
let phone = 5511999970000
const chats = chatsOf(() => harness)

beforeAll(async () => {
  double = await startTestGraph()
  harness = await createHarness({ environment: { WHATSAPP_GRAPH_URL: double.url } })
  await harness.startJobs()
})
beforeEach(async () => {
  phone += 1
  client = await harness.signUp()
  await client.post('/accounts', { name: 'Carteira', type: 'cash', currency: 'BRL' })
  chatId = await chats.link(client, { waId: String(phone) })
})
afterAll(async () => {
  await harness.close()
  await double.close()
})

async function planned(limits: object, features: object = {}): Promise<void> {
  const { id } = client.session.tenant
  await harness.database.admin.query(
    'update control.registered_tenants set overrides = $2 where tenant_id = $1',
    [id, JSON.stringify({ limits, features })],
  )
  await forgetPlans(harness.context, [id])
}

const say = (text: string): Promise<void> => chats.say({ waId: String(phone), text })
const booked = async (): Promise<number[]> =>
  (await client.get('/transactions')).body.items.map((each: { amountMinor: number }) => each.amountMinor)
const answered = async (): Promise<string> =>
  (await chats.messages(client, chatId)).find((each) => each.direction === 'outbound')?.text ?? ''

it('WhatsApp, where the plan has none: no code is given, and no message books', async () => {
  await planned({}, { whatsapp: false })
  expect((await client.post('/whatsapp/link-codes')).body.code).toBe('feature_off')
  await say('mercado 10,00')
  expect(await booked()).toEqual([])
  expect(await answered()).toContain('não inclui o WhatsApp')
  await planned({})
  await say('mercado 20,00')
  expect(await booked()).toEqual([-2000])
})

it('messages of a month', async () => {
  // The one with the code is the first.
  await planned({ whatsappMessagesPerMonth: 2 })
  await say('mercado 10,00')
  expect(await booked()).toEqual([-1000])
  await say('mercado 20,00')
  expect(await booked()).toEqual([-1000])
  expect(await answered()).toContain('limite do plano')
})

it('transactions of a month, while questions are answered on', async () => {
  await planned({ transactionsPerMonth: 1 })
  await say('mercado 10,00')
  await say('mercado 20,00')
  expect(await booked()).toEqual([-1000])
  expect(await answered()).toContain('limite do plano')
  await say('saldo')
  expect(await answered()).not.toContain('limite do plano')
})
