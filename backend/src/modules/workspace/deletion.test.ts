import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Client, type Harness } from '../../../test/harness.ts'
import { joinAs } from '../../../test/members.ts'
import { keepHouse } from '../housekeeping/housekeeping.jobs.ts'
import { makeExport } from '../exports/exports.service.ts'
import { planOf } from '../plans/plans.service.ts'
import { SYSTEM } from '../../platform/tenancy.ts'
import { listTables } from './deletion.queries.ts'
import { deleteWorkspace } from './deletion.service.ts'

const DAY = 86_400_000

let harness: Harness
let ana: Client
let bea: Client
let other: Client
let tenantId: string

beforeAll(async () => {
  harness = await createHarness()
  ana = await harness.signUp({ name: 'Ana Prado', workspaceName: 'Casa' })
  other = await harness.signUp({ workspaceName: 'Outra' })
  tenantId = ana.session.tenant.id
  await harness.database.admin.query('update control.identities set email_verified_at = created_at')
  await forgetSessions()
  for (const client of [ana, other]) {
    const account = { name: 'Conta', type: 'checking', currency: 'BRL' }
    const accountId = (await client.post('/accounts', account)).body.id
    const entry = { accountId, occurredOn: '2026-11-20', amountMinor: -700, description: 'Feira' }
    await client.post(
      '/transactions',
      { ...entry, tags: ['casa'], payee: 'Feira' },
      { 'idempotency-key': 'k' },
    )
    const categoryId = (await client.get('/categories?limit=1')).body.items[0].id
    await client.post('/budgets', { categoryId, amountMinor: 100_00 })
    await client.upload('/imports', {
      name: 'x.csv',
      content: 'data;descricao;valor\n25/11/2026;Mercado;-10,50\n',
    })
    await client.post('/whatsapp/link-codes')
  }
  bea = await joinAs(harness, ana, 'admin')
})

/** What the store knows of sessions: each is asked for again. */
async function forgetSessions(): Promise<void> {
  const { rows } = await harness.database.admin.query<{ id: string }>('select id from control.sessions')
  for (const { id } of rows) await harness.context.store.delete(`session:${id}`)
}

afterAll(() => harness.close())

/** Rows of a tenant by table of a schema, tables without any left out. */
async function rowsIn(schema: string, tenant: string): Promise<Record<string, number>> {
  const { admin } = harness.database
  const { rows: tables } = await admin.query<{ name: string }>(
    `select c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = $1 and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE' order by 1`,
    [schema],
  )
  const found: Record<string, number> = {}
  for (const { name } of tables) {
    const { rows } = await admin.query<{ n: number }>(
      `select count(*)::int as n from ${schema}."${name}" where tenant_id = $1`,
      [tenant],
    )
    if (rows[0] && rows[0].n > 0) found[name] = rows[0].n
  }
  return found
}

async function isDue(): Promise<boolean> {
  const { rows } = await harness.database.admin.query(
    "select 1 from pgboss.job where name = 'workspace.deletions' and data ->> 'subjectId' = $1",
    [tenantId],
  )
  return rows.length > 0
}

describe('a further workspace', () => {
  const wish = { name: 'Loja', currency: 'ARS', locale: 'es', timezone: 'America/Argentina/Buenos_Aires' }

  it('is of whoever opens it, with categories in its language', async () => {
    const made = await other.post('/workspaces', wish)
    expect([made.status, made.body.name]).toEqual([201, 'Loja'])
    expect((await other.get('/me')).body.tenants).toHaveLength(2)
    const switched = await other.post('/auth/switch', { tenantId: made.body.id, includeRefreshToken: true })
    const there = harness.clientFor(switched.body, other)
    expect(switched.body).toMatchObject({ user: { role: 'owner' }, tenant: { currency: 'ARS' } })
    const names = (await there.get('/categories?limit=200')).body.items.map(
      (each: { name: string }) => each.name,
    )
    expect(names).toContain('Supermercado')
    expect((await there.get('/accounts')).body.items).toEqual([])
  })

  it('asks for a verified e-mail, and twenty are enough', async () => {
    const fresh = await harness.signUp()
    expect((await fresh.post('/workspaces', wish)).body.code).toBe('email_unverified')
    await harness.database.admin.query(
      `insert into control.memberships (identity_id, tenant_id, user_id, tenant_name, state, created_at)
       select m.identity_id, gen_random_uuid(), gen_random_uuid(), 'Mais', 'pending', now()
       from control.memberships m, generate_series(1, 19) where m.tenant_id = $1 and m.user_id = $2`,
      [tenantId, ana.session.user.id],
    )
    expect((await ana.post('/workspaces', wish)).body.code).toBe('plan_limit')
    await harness.database.admin.query("delete from control.memberships where tenant_name = 'Mais'")
    await harness.database.admin.query("delete from control.registered_tenants where name = 'Mais'")
  })
})

describe('the deletion of a workspace', () => {
  it('is for an owner, who types its name', async () => {
    expect((await bea.post('/workspace/deletion', { name: 'Casa' })).body.code).toBe('forbidden')
    const wrong = await ana.post('/workspace/deletion', { name: 'casa' })
    expect([wrong.status, wrong.body.fields]).toMatchObject([400, [{ path: 'name' }]])
    expect((await ana.get('/workspace')).body.deletion).toBeNull()
  })

  it('asks for a proof where the last one is old', async () => {
    await harness.database.admin.query(
      "update control.sessions set proved_at = proved_at - interval '1 hour'",
    )
    await forgetSessions()
    expect((await ana.post('/workspace/deletion', { name: 'Casa' })).body.code).toBe('step_up_required')
    await harness.database.admin.query(
      "update control.sessions set proved_at = proved_at + interval '1 hour'",
    )
    await forgetSessions()
  })

  it('begins with thirty days in which everybody reads and nobody writes, and a full export', async () => {
    const asked = await ana.post('/workspace/deletion', { name: 'Casa' })
    expect([asked.status, asked.body.deletion]).toMatchObject([
      202,
      { deleteAfter: '2026-12-23T12:00:00.000Z', exportId: expect.any(String) },
    ])
    const { exportId } = asked.body.deletion
    expect((await ana.post('/workspace/deletion', { name: 'Casa' })).body.deletion.exportId).toBe(exportId)
    await makeExport({ ...harness.context, log: harness.context.logger }, tenantId, exportId)
    expect((await ana.get(`/exports/${exportId}`)).body).toMatchObject({
      status: 'ready',
      expiresAt: '2026-12-23T12:00:00.000Z',
    })
    // What comes by WhatsApp waits while this is not `active`.
    expect((await planOf(harness.context, tenantId)).status).toBe('deleting')
    for (const client of [ana, bea]) {
      expect((await client.get('/transactions')).status).toBe(200)
      const account = { name: 'Nova', type: 'cash', currency: 'BRL' }
      expect((await client.post('/accounts', account)).body.code).toBe('workspace_read_only')
    }
    const { rows } = await harness.database.admin.query(
      "select recipient from control.mails where kind = 'workspace_deletion' order by 1",
    )
    expect(rows).toEqual([ana.email, bea.email].sort().map((recipient) => ({ recipient })))
  })

  it('can be taken back until then, by an owner alone', async () => {
    expect((await bea.delete('/workspace/deletion')).body.code).toBe('forbidden')
    expect((await ana.delete('/workspace/deletion')).body.deletion).toBeNull()
    expect((await planOf(harness.context, tenantId)).status).toBe('active')
    const account = { name: 'Nova', type: 'cash', currency: 'BRL' }
    expect((await bea.post('/accounts', account)).status).toBe(201)
    harness.clock.advance(1)
    await deleteWorkspace({ ...harness.context, log: harness.context.logger }, tenantId)
    expect((await ana.get('/transactions')).body.items).toHaveLength(1)
  })

  it('goes over every table of the schema, rows or none', async () => {
    const { rows } = await harness.database.admin.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'app'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
    )
    const tenant = harness.context.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
    // The last three end together, in the transaction that takes the tenant's own row.
    const all = [...(await tenant.bulk(listTables)), 'audit_logs', 'audit_seals', 'tenants']
    expect(all.sort()).toEqual(rows.map(({ name }) => name).sort())
  })

  it('happens when the days are over, and leaves no row in any table', async () => {
    await ana.post('/workspace/deletion', { name: 'Casa' })
    harness.clock.advance(30 * DAY - 1000)
    await keepHouse(harness.context)
    expect(await isDue()).toBe(false)
    await deleteWorkspace({ ...harness.context, log: harness.context.logger }, tenantId)
    expect(Object.keys(await rowsIn('app', tenantId))).toContain('transactions')
    harness.clock.advance(1000)
    await keepHouse(harness.context)
    expect(await isDue()).toBe(true)

    const others = await rowsIn('app', other.session.tenant.id)
    expect(Object.keys(await rowsIn('app', tenantId)).length).toBeGreaterThan(15)
    await deleteWorkspace({ ...harness.context, log: harness.context.logger }, tenantId)
    expect(await rowsIn('app', tenantId)).toEqual({})
    // What persons and operators did is theirs, not the workspace's.
    const traces = Object.keys(await rowsIn('control', tenantId))
    expect(traces.filter((table) => !['security_events', 'operator_acts'].includes(table))).toEqual([])
    expect(await rowsIn('app', other.session.tenant.id)).toEqual(others)
    const { rows } = await harness.database.admin.query(
      'select act, operator_name from control.operator_acts where tenant_id = $1',
      [tenantId],
    )
    expect(rows).toEqual([{ act: 'tenant.deleted', operator_name: 'system' }])
  })

  it('signs everybody out of it, and does nothing when it is done twice', async () => {
    expect((await ana.get('/accounts')).status).toBe(401)
    await deleteWorkspace({ ...harness.context, log: harness.context.logger }, tenantId)
    expect(await rowsIn('app', tenantId)).toEqual({})
    // Her last workspace is gone: an empty one of her own, once, is better than being locked out of her own e-mail.
    const back = await ana.post('/auth/login', { email: ana.email, password: ana.password })
    expect([back.status, back.body.tenant?.name, back.body.user?.role]).toEqual([200, 'Ana Prado', 'owner'])
    const again = await ana.post('/auth/login', { email: ana.email, password: ana.password })
    expect(again.body.tenant.id).toBe(back.body.tenant.id)
    // Bea has a workspace of her own to come back to.
    expect((await bea.post('/auth/login', { email: bea.email, password: bea.password })).status).toBe(200)
  })
})
