import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { keepHouse } from '../housekeeping/housekeeping.jobs.ts'
import { makePersonalExport } from './personal-export.service.ts'

let harness: Harness
let ana: Client
let bea: Client

beforeAll(async () => {
  harness = await createHarness()
  ;[ana, bea] = [await harness.signUp({ name: 'Ana Prado' }), await harness.signUp({ name: 'Bea Lima' })]
  await harness.database.admin.query('update control.identities set email_verified_at = created_at')
  for (const client of [ana, bea]) {
    const account = { name: 'Conta', type: 'cash', currency: 'BRL' }
    const accountId = (await client.post('/accounts', account)).body.id
    const description = client === ana ? '=HYPERLINK("x")' : 'Segredo de Bea'
    await client.post('/transactions', {
      accountId,
      occurredOn: '2026-11-20',
      amountMinor: -700,
      description,
    })
  }
  await harness.context.store.delete(`session:${await sessionOf(ana)}`)
})
afterAll(() => harness.close())

async function sessionOf(client: Client): Promise<string> {
  const { rows } = await harness.database.admin.query('select id from control.sessions where user_id = $1', [
    client.session.user.id,
  ])
  return (rows as [{ id: string }])[0].id
}

async function download(id: string): Promise<Record<string, string>> {
  const answer = await harness.app.inject({
    method: 'GET',
    url: `/api/v1/me/exports/${id}/file`,
    headers: { authorization: `Bearer ${ana.session.accessToken}` },
  })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip'])
  const files = unzipSync(answer.rawPayload)
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]))
}

describe("a person's export", () => {
  let id: string

  it('is made one at a time, by a job', async () => {
    const asked = await ana.post('/me/exports')
    expect([asked.status, asked.body.status]).toEqual([202, 'waiting'])
    id = asked.body.id
    const again = await ana.post('/me/exports')
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    expect((await ana.get(`/me/exports/${id}/file`)).body.code).toBe('not_ready')
    await makePersonalExport({ ...harness.context, log: harness.context.logger }, id)
    const { items } = (await ana.get('/me/exports')).body
    expect(items).toMatchObject([{ id, status: 'ready', expiresAt: '2026-11-30T12:00:00.000Z' }])
  })

  it('holds what is kept about her in all her workspaces, as JSON and as CSV, and nothing of others', async () => {
    const files = await download(id)
    expect(JSON.parse(files['person.json'] ?? '')).toMatchObject([{ name: 'Ana Prado', email: ana.email }])
    expect(JSON.parse(files['consents.json'] ?? '')).toHaveLength(2)
    const folder = `workspaces/${ana.session.tenant.id}`
    expect(JSON.parse(files[`${folder}/transactions.json`] ?? '')).toMatchObject([
      { amount_minor: -700, description: '=HYPERLINK("x")' },
    ])
    expect(files[`${folder}/transactions.csv`]).toContain(`"'=HYPERLINK(""x"")"`)
    expect(files[`${folder}/transactions.csv`]).toContain(',-700,')
    expect(JSON.parse(files[`${folder}/audit_logs.json`] ?? '').length).toBeGreaterThan(2)
    const all = Object.values(files).join('\n')
    for (const foreign of ['Bea', bea.email, bea.session.tenant.id]) expect(all).not.toContain(foreign)
  })

  it('is stored as ciphertext, and tells the audit log', async () => {
    const { rows } = await harness.database.admin.query<{ content: string }>(
      'select content from control.personal_export_chunks where export_id = $1',
      [id],
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { content } of rows) expect(content).toMatch(/^sealed:/)
    expect((await ana.get('/audit-logs?action=privacy.exported')).body.items).toHaveLength(1)
  })

  it('is gone after seven days', async () => {
    harness.clock.advance(7 * 86_400_000)
    await keepHouse(harness.context)
    const { rows } = await harness.database.admin.query(
      'select e.status, (select count(*)::int from control.personal_export_chunks) as chunks from control.personal_exports e',
    )
    expect(rows).toEqual([{ status: 'expired', chunks: 0 }])
  })
})
