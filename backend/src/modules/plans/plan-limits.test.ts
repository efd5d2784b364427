/** What a plan limits is refused where it is made, and nowhere else. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { forgetPlans } from './plans.service.ts'

let harness: Harness
let client: Client

beforeAll(async () => {
  harness = await createHarness()
})
beforeEach(async () => {
  client = await harness.signUp()
})
afterAll(() => harness.close())

async function limited(limits: object, features: object = {}): Promise<void> {
  const { id } = client.session.tenant
  await harness.database.admin.query(
    'update control.registered_tenants set overrides = $2 where tenant_id = $1',
    [id, JSON.stringify({ limits, features })],
  )
  await forgetPlans(harness.context, [id])
}

const account = (name: string) => ({ name, type: 'checking', currency: 'BRL' })
const OVER = { status: 403, body: { code: 'plan_limit' } }

it('accounts, also for two who take the last place at once', async () => {
  await limited({ accounts: 2 })
  expect((await client.post('/accounts', account('Um'))).status).toBe(201)
  const both = await Promise.all([1, 2].map((each) => client.post('/accounts', account(`Dois ${each}`))))
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 403])
  expect(await client.post('/accounts', account('Três'))).toMatchObject(OVER)
  await limited({})
  expect((await client.post('/accounts', account('Três'))).status).toBe(201)
})

it('transactions of a month, with both legs of a transfer; what is there may be changed', async () => {
  const [from, to] = [
    await client.post('/accounts', account('De')),
    await client.post('/accounts', account('Para')),
  ]
  await limited({ transactionsPerMonth: 2 })
  const entry = { accountId: from.body.id, occurredOn: '2026-11-20', amountMinor: -5, description: 'x' }
  const first = await client.post('/transactions', entry)
  expect(first.status).toBe(201)
  const transfer = {
    fromAccountId: from.body.id,
    toAccountId: to.body.id,
    occurredOn: '2026-11-20',
    amountMinor: 5,
    description: 'x',
  }
  expect(await client.post('/transfers', transfer)).toMatchObject(OVER)
  expect((await client.post('/transactions', entry)).status).toBe(201)
  expect(await client.post('/transactions', entry)).toMatchObject(OVER)
  const change = await client.patch(
    `/transactions/${first.body.id}`,
    { description: 'y' },
    { 'if-match': '*' },
  )
  expect(change.status).toBe(200)
})

const CSV = {
  name: 'x.csv',
  content: 'data;descricao;valor\n25/11/2026;Mercado;-10,50\n26/11/2026;Padaria;-3,00\n',
}

it('rows of an import, all of them before the first is booked', async () => {
  const { body } = await client.post('/accounts', account('Conta'))
  const upload = await client.upload('/imports', CSV, { accountId: body.id })
  expect(upload.status).toBe(201)
  await limited({ transactionsPerMonth: 1 })
  expect(await client.post(`/imports/${upload.body.id}/apply`, { accounts: {} })).toMatchObject(OVER)
  expect((await client.get('/transactions')).body.items).toEqual([])
  await limited({ transactionsPerMonth: 2 })
  expect((await client.post(`/imports/${upload.body.id}/apply`, { accounts: {} })).status).toBe(200)
})

it('bytes of files, and imports as a whole', async () => {
  await limited({ storageBytes: 20 })
  expect(await client.upload('/imports', CSV)).toMatchObject(OVER)
  await limited({}, { imports: false })
  expect(await client.upload('/imports', CSV)).toMatchObject({ status: 403, body: { code: 'feature_off' } })
  await limited({})
  expect((await client.upload('/imports', CSV)).status).toBe(201)
})
