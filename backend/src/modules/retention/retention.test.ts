import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SYSTEM, type Tenant } from '../../platform/tenancy.ts'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { keepHouse } from '../housekeeping/housekeeping.jobs.ts'
import { applyRetention } from './retention.service.ts'

let harness: Harness
let ana: Client
let tenant: Tenant
let accountId: string

const DAY_MS = 86_400_000

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp({ name: 'Ana' })
  tenant = harness.context.tenancy.enter({
    tenantId: ana.session.tenant.id,
    actor: SYSTEM,
    requestId: null,
  })
  accountId = (await ana.post('/accounts', { name: 'Conta', type: 'cash', currency: 'BRL' })).body.id
})
afterAll(() => harness.close())

async function book(amountMinor: number): Promise<string> {
  const body = { accountId, occurredOn: '2026-11-20', amountMinor, description: 'Compra' }
  return (await ana.post('/transactions', body)).body.id
}

async function signedInAgain(): Promise<Client> {
  const answer = await harness.request({
    method: 'POST',
    url: '/api/v1/auth/login',
    payload: { email: ana.email, password: ana.password },
  })
  expect(answer.status).toBe(200)
  const headers = { authorization: `Bearer ${answer.body.accessToken}` }
  return { ...ana, get: (path) => harness.request({ method: 'GET', url: `/api/v1${path}`, headers }) }
}

async function count(table: string, where = 'true'): Promise<number> {
  const { rows } = await harness.database.admin.query(
    `select count(*)::int as n from ${table} where tenant_id = $1 and ${where}`,
    [tenant.id],
  )
  return (rows as [{ n: number }])[0].n
}

describe('PATCH /workspace/retention', () => {
  it('changes what is named, from the version that was seen, and leaves the rest', async () => {
    const seen = await ana.get('/workspace/retention')
    expect(seen.body).toEqual({
      whatsappMessagesDays: 365,
      auditLogsDays: 1825,
      importFilesDays: 30,
      deletedTransactionsDays: 365,
      version: 1,
    })
    const changed = await ana.patch(
      '/workspace/retention',
      { whatsappMessagesDays: null, deletedTransactionsDays: 30 },
      { 'if-match': String(seen.headers['etag']) },
    )
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...seen.body, whatsappMessagesDays: null, deletedTransactionsDays: 30, version: 2 },
    ])
    expect((await ana.get('/workspace/retention')).body).toEqual(changed.body)
    const stale = await ana.patch('/workspace/retention', { importFilesDays: 1 }, { 'if-match': '"1"' })
    expect([stale.status, stale.body.code]).toEqual([412, 'precondition_failed'])
    const logs = (await ana.get('/audit-logs?entity=retention_settings&action=update')).body.items
    expect(logs[0]).toMatchObject({ before: { whatsapp_messages_days: 365 }, after: { version: 2 } })
  })

  it('refuses spans that the law or the product needs longer', async () => {
    for (const body of [
      { auditLogsDays: 30 },
      { importFilesDays: null },
      { whatsappMessagesDays: 29 },
      { other: 1 },
    ]) {
      expect((await ana.patch('/workspace/retention', body, { 'if-match': '*' })).status).toBe(400)
    }
  })
})

describe('applying it', () => {
  it('purges what was deleted long enough ago; totals stay right, and the audit log counts it', async () => {
    await ana.patch('/workspace/retention', { deletedTransactionsDays: 30 }, { 'if-match': '*' })
    const kept = await book(-1000)
    const gone = await book(-500)
    await ana.delete(`/transactions/${gone}`)
    const balance = async (client: Client): Promise<number> =>
      (await client.get(`/accounts/${accountId}`)).body.balanceMinor
    expect(await balance(ana)).toBe(-1000)
    await applyRetention(tenant, harness.clock.now())
    expect(await count('app.transactions')).toBe(2)
    harness.clock.advance(31 * DAY_MS)
    expect(await applyRetention(tenant, harness.clock.now())).toEqual({ deleted_transactions: 1 })
    expect(await count('app.transactions')).toBe(1)
    expect(await count('app.transaction_lines', `transaction_id = '${gone}'`)).toBe(0)
    const again = await signedInAgain()
    expect(await balance(again)).toBe(-1000)
    expect((await again.get(`/transactions/${kept}`)).status).toBe(200)
    const [log] = (await again.get('/audit-logs?action=retention.applied')).body.items
    expect(log).toMatchObject({ actor: { type: 'system' }, after: { deleted_transactions: 1 } })
  })

  it('removes old messages, and empties those that a transaction came from', async () => {
    await tenant.bulk(async (tx) => {
      const chat = crypto.randomUUID()
      const now = harness.clock.now().toISOString()
      await tx.query(
        `insert into app.whatsapp_chats (tenant_id, id, user_id, phone_number_id, state, created_at, updated_at)
         values ($1, $2, $3, '1', 'linked', $4, $4)`,
        tx.tenantId,
        chat,
        ana.session.user.id,
        now,
      )
      for (const wamid of ['free', 'booked']) {
        await tx.query(
          `insert into app.whatsapp_messages (tenant_id, id, chat_id, direction, wamid, type, text, state, occurred_at, created_at, updated_at)
           values ($1, gen_random_uuid(), $2, 'inbound', $3, 'text', 'mercado 50', 'processed', $4, $4, $4)`,
          tx.tenantId,
          chat,
          wamid,
          now,
        )
      }
      await tx.query(
        `update app.transactions set whatsapp_message_id = (select id from app.whatsapp_messages where tenant_id = $1 and wamid = 'booked')
         where tenant_id = $1`,
        tx.tenantId,
      )
    })
    await harness.database.admin.query(
      'update app.retention_settings set whatsapp_messages_days = 30 where tenant_id = $1',
      [tenant.id],
    )
    harness.clock.advance(29 * DAY_MS)
    expect(await applyRetention(tenant, harness.clock.now())).toEqual({})
    harness.clock.advance(2 * DAY_MS)
    expect(await applyRetention(tenant, harness.clock.now())).toEqual({ whatsapp_messages: 2 })
    expect(await count('app.whatsapp_messages')).toBe(1)
    expect(await count('app.whatsapp_messages', 'coalesce(text, wamid, payload::text) is not null')).toBe(0)
  })

  it('is done once a day by housekeeping, for every workspace', async () => {
    expect(await applyRetention(tenant, harness.clock.now())).toBeNull()
    harness.clock.advance(DAY_MS)
    await keepHouse(harness.context)
    expect(await applyRetention(tenant, harness.clock.now())).toBeNull()
  })
})
