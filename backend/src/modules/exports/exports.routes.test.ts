import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { joinAs } from '../../../test/members.ts'
import { keepHouse } from '../housekeeping/housekeeping.jobs.ts'
import { makeExport } from './exports.service.ts'

let harness: Harness
let ana: Client
let kept: Client
let tenantId: string
const accounts: Record<'open' | 'hidden', string> = { open: '', hidden: '' }

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp({ name: 'Ana Prado', workspaceName: 'Casa' })
  tenantId = ana.session.tenant.id
  await verify(ana)
  for (const [key, name] of [
    ['open', 'Conta da casa'],
    ['hidden', 'Conta escondida'],
  ] as const) {
    const account = { name, type: 'checking', currency: 'BRL', openingBalanceMinor: 1_000_00 }
    accounts[key] = (await ana.post('/accounts', account)).body.id
  }
  const entry = { accountId: accounts.open, occurredOn: '2026-11-20' }
  const formula = { ...entry, amountMinor: -52_90, description: '=HYPERLINK("x")', tags: ['mercado'] }
  await ana.post('/transactions', { ...formula, payee: 'Padaria' })
  await ana.post('/transactions', {
    ...entry,
    accountId: accounts.hidden,
    amountMinor: -7_77,
    description: 'Presente secreto',
    payee: 'Joalheria',
    tags: ['surpresa'],
  })
  kept = await joinAs(harness, ana, 'member', [accounts.hidden])
  await verify(kept)
})
afterAll(() => harness.close())

async function verify(client: Client): Promise<void> {
  await harness.database.admin.query(
    'update control.identities set email_verified_at = created_at where email = $1',
    [client.email],
  )
  const { rows } = await harness.database.admin.query(
    'select s.id from control.sessions s join control.identities i on i.id = s.identity_id where i.email = $1',
    [client.email],
  )
  for (const { id } of rows as { id: string }[]) await harness.context.store.delete(`session:${id}`)
}

async function make(client: Client): Promise<string> {
  const asked = await client.post('/exports')
  expect([asked.status, asked.body.status]).toEqual([202, 'waiting'])
  const id: string = asked.body.id
  await makeExport({ ...harness.context, log: harness.context.logger }, tenantId, id)
  return id
}

async function filesOf(client: Client, id: string): Promise<Record<string, string>> {
  const answer = await harness.app.inject({
    method: 'GET',
    url: `/api/v1/exports/${id}/file`,
    headers: { authorization: `Bearer ${client.session.accessToken}` },
  })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/zip'])
  expect(answer.headers['content-disposition']).toBe('attachment; filename="chronos-2026-11-23.zip"')
  expect(Number(answer.headers['content-length'])).toBe(answer.rawPayload.length)
  const files = unzipSync(answer.rawPayload)
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]))
}

function list(files: Record<string, string>, name: string): Record<string, unknown>[] {
  return JSON.parse(files[`${name}.json`] ?? '') as Record<string, unknown>[]
}

describe('an export of a workspace', () => {
  let id: string

  it('is made one at a time by a job, and its owner is told', async () => {
    id = (await ana.post('/exports')).body.id
    const again = await ana.post('/exports')
    expect([again.status, again.body.code]).toEqual([409, 'conflict'])
    expect((await ana.get(`/exports/${id}/file`)).body.code).toBe('not_ready')
    await makeExport({ ...harness.context, log: harness.context.logger }, tenantId, id)
    expect((await ana.get('/exports')).body.items).toMatchObject([
      { id, status: 'ready', requestedBy: 'Ana Prado', expiresAt: '2026-11-30T12:00:00.000Z' },
    ])
    const { rows } = await harness.database.admin.query<{ kind: string; params: unknown }>(
      "select kind, params from control.mails where recipient = $1 and kind = 'workspace_export_ready'",
      [ana.email],
    )
    expect(rows).toMatchObject([{ params: { workspace: 'Casa' } }])
  })

  it('holds every list as JSON and as CSV, amounts in minor units and as exact decimals', async () => {
    const files = await filesOf(ana, id)
    for (const name of [
      'workspace',
      'members',
      'categories',
      'payees',
      'tags',
      'budgets',
      'imports',
      'audit_log',
    ])
      expect(Object.keys(files)).toEqual(expect.arrayContaining([`${name}.json`, `${name}.csv`]))
    expect(list(files, 'workspace')).toMatchObject([{ name: 'Casa', currency: 'BRL' }])
    expect(list(files, 'accounts')).toMatchObject([
      { name: 'Conta da casa', balance_minor: 947_10, balance: '947.10', opening_balance: '1000.00' },
      { name: 'Conta escondida', balance_minor: 992_23 },
    ])
    expect(list(files, 'transactions')).toMatchObject([
      {
        amount_minor: -52_90,
        amount: '-52.90',
        payee: 'Padaria',
        tags: ['mercado'],
        occurred_on: '2026-11-20',
      },
      { amount_minor: -7_77, amount: '-7.77' },
    ])
    expect(list(files, 'transaction_lines')).toHaveLength(2)
    expect(list(files, 'audit_log').length).toBeGreaterThan(5)
    expect(files['transactions.csv']).toContain(`"'=HYPERLINK(""x"")"`)
    expect(files['transactions.csv']).toContain(',-5290,-52.90,')
  })

  it('keeps from a member what is kept from them, and the audit log, and is their own', async () => {
    const theirs = await make(kept)
    const files = await filesOf(kept, theirs)
    expect(list(files, 'accounts')).toMatchObject([{ id: accounts.open }])
    expect(list(files, 'payees')).toMatchObject([{ name: 'Padaria' }])
    expect(Object.keys(files)).not.toContain('audit_log.json')
    const all = Object.values(files).join('\n')
    for (const secret of ['secreto', 'Joalheria', 'surpresa', 'escondida', accounts.hidden])
      expect(all).not.toContain(secret)
    expect((await ana.get(`/exports/${theirs}`)).status).toBe(404)
    expect((await ana.get(`/exports/${theirs}/file`)).status).toBe(404)
    expect((await kept.get('/exports')).body.items).toHaveLength(1)
  })

  it('is stored as ciphertext, and the audit log tells who asked for it and who took it', async () => {
    const { rows } = await harness.database.admin.query<{ content: Buffer }>(
      'select content from app.export_files where export_id = $1',
      [id],
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { content } of rows) expect(content.toString('latin1')).toMatch(/^sealed:/)
    expect((await ana.get(`/audit-logs?action=export.requested&entityId=${id}`)).body.items).toHaveLength(1)
    expect((await ana.get(`/audit-logs?action=export.downloaded&entityId=${id}`)).body.items).toHaveLength(1)
  })

  it('goes on where its download broke off, and is not sent to who has it', async () => {
    const get = (headers: Record<string, string>) =>
      harness.app.inject({
        url: `/api/v1/exports/${id}/file`,
        headers: { authorization: `Bearer ${ana.session.accessToken}`, ...headers },
      })
    const downloads = async (): Promise<number> =>
      (await ana.get('/audit-logs?action=export.downloaded')).body.items.length
    const whole = await get({})
    const etag = String(whole.headers.etag)
    const rest = await get({ range: 'bytes=100-', 'if-range': etag })
    expect([rest.statusCode, rest.rawPayload.equals(whole.rawPayload.subarray(100))]).toEqual([206, true])
    const before = await downloads()
    const same = await get({ 'if-none-match': etag })
    expect([same.statusCode, same.rawPayload.length, await downloads()]).toEqual([304, 0, before])
  })

  it('is refused to a viewer, to an unverified person, and where the plan has none', async () => {
    const viewer = await joinAs(harness, ana, 'viewer')
    expect((await viewer.post('/exports')).body.code).toBe('forbidden')
    const fresh = await joinAs(harness, ana, 'member')
    expect((await fresh.post('/exports')).body.code).toBe('email_unverified')
    await harness.database.admin.query(
      `update control.registered_tenants set overrides = '{"limits": {}, "features": {"exports": false}}' where tenant_id = $1`,
      [tenantId],
    )
    await harness.context.store.delete(`plan:${tenantId}`)
    expect((await ana.post('/exports')).body.code).toBe('feature_off')
    await harness.database.admin.query(
      `update control.registered_tenants set overrides = '{"limits": {}, "features": {}}' where tenant_id = $1`,
      [tenantId],
    )
    await harness.context.store.delete(`plan:${tenantId}`)
  })

  it('is not made for somebody who may export no more by then', async () => {
    const late = (await kept.post('/exports')).body.id as string
    await harness.database.admin.query("update app.users set role = 'viewer' where id = $1", [
      kept.session.user.id,
    ])
    await makeExport({ ...harness.context, log: harness.context.logger }, tenantId, late)
    const { rows } = await harness.database.admin.query(
      'select status, (select count(*)::int from app.export_files where export_id = $1) as pieces from app.exports where id = $1',
      [late],
    )
    expect(rows).toEqual([{ status: 'failed', pieces: 0 }])
  })

  it('is made six times an hour at most', async () => {
    await harness.database.admin.query(
      `insert into app.exports (tenant_id, id, status, requested_by, created_at)
       select $1, gen_random_uuid(), 'failed', $2, $3::timestamptz from generate_series(1, 5)`,
      [tenantId, ana.session.user.id, harness.clock.now()],
    )
    const refused = await ana.post('/exports')
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests'])
  })

  it('is gone after seven days', async () => {
    harness.clock.advance(7 * 86_400_000)
    await keepHouse(harness.context)
    const { rows } = await harness.database.admin.query(
      'select status, (select count(*)::int from app.export_files) as pieces from app.exports where id = $1',
      [id],
    )
    expect(rows).toEqual([{ status: 'expired', pieces: 0 }])
  })
})
