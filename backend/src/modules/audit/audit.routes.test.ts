import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditLog } from '@chronos/contracts/audit'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { logStatements, type StatementLog } from '../../../test/statements.ts'

let statements: StatementLog
let harness: Harness
let ana: Client
let accountId: string
let transactionId: string

beforeAll(async () => {
  statements = logStatements()
  harness = await createHarness()
  ana = await harness.signUp({ name: 'Ana', timezone: 'America/Sao_Paulo' })
  accountId = (await ana.post('/accounts', { name: 'Conta', type: 'cash', currency: 'BRL' })).body.id
  const body = { accountId, occurredOn: '2026-11-20', amountMinor: -100, description: 'Antes' }
  transactionId = (await ana.post('/transactions', body)).body.id
})
afterAll(async () => {
  statements.remove()
  await harness.close()
})

async function list(query: string): Promise<AuditLog[]> {
  const answer = await ana.get(`/audit-logs?limit=200&${query}`)
  expect([answer.status, answer.body.code]).toEqual([200, undefined])
  return answer.body.items
}

describe('GET /audit-logs', () => {
  it('says who changed what, from what to what, and in which request, newest first', async () => {
    const answer = await ana.patch(
      `/transactions/${transactionId}`,
      { description: 'Depois', amountMinor: -200 },
      { 'if-match': '"1"' },
    )
    const logs = await list(`entity=transactions&entityId=${transactionId}`)
    expect(logs.map((log) => log.action)).toEqual(['update', 'insert'])
    expect(logs[0]).toMatchObject({
      actor: { type: 'user', userId: ana.session.user.id, name: 'Ana' },
      entityId: transactionId,
      before: { description: 'Antes', amount_minor: -100 },
      after: { description: 'Depois', amount_minor: -200, version: 2 },
      requestId: answer.headers['x-request-id'],
    })
    expect(logs[1]?.before).toBeNull()
    expect(await list(`entity=transaction_lines&entityId=${transactionId}`)).toHaveLength(2)
  })

  it('takes one statement whatever the filters', async () => {
    for (const query of ['', `entity=accounts&entityId=${accountId}&from=2020-01-01&to=2099-01-01`]) {
      const sent = await statements.during(() => list(query))
      expect(sent.filter((text) => text.includes('app.'))).toHaveLength(1)
    }
  })

  it('walks every row once by cursors, although one statement writes many at one instant', async () => {
    const all = await list('')
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await ana.get(`/audit-logs?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`)
      seen.push(...(page.body.items as AuditLog[]).map(({ id }) => id))
      cursor = page.body.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toEqual(expect.arrayContaining(all.map(({ id }) => id)))
    expect(all.length).toBeGreaterThan(14)
  })

  it('takes days as the clock of the workspace shows them', async () => {
    const tenantId = ana.session.tenant.id
    const id = crypto.randomUUID()
    await harness.database.admin.query(
      `insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity, entity_id)
       values ($1, '2024-03-02T02:59:59.999999Z', $2, 'system', 'test', 'clock', $2), ($1, '2024-03-02T03:00:00Z', $3, 'system', 'test', 'clock', $2)`,
      [tenantId, id, crypto.randomUUID()],
    )
    const at = async (query: string): Promise<string[]> =>
      (await list(`entityId=${id}&${query}`)).map((log) => log.at)
    expect(await at('from=2024-03-01&to=2024-03-01')).toEqual(['2024-03-02T02:59:59.999999Z'])
    expect(await at('from=2024-03-02')).toEqual(['2024-03-02T03:00:00.000Z'])
  })

  it('refuses what no log has, and shows nothing of another workspace', async () => {
    const bea = await harness.signUp()
    expect((await bea.get(`/audit-logs?entityId=${transactionId}`)).body.items).toEqual([])
    for (const query of ['entity=%00', 'entityId=x', 'from=2024-02-30', 'cursor=x']) {
      expect((await ana.get(`/audit-logs?${query}`)).status).toBe(400)
    }
  })
})
