import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import pg from 'pg'
import { createHarness, type Harness } from '../../../test/harness.ts'

let harness: Harness
let tenantId: string

beforeAll(async () => {
  harness = await createHarness()
  tenantId = (await harness.signUp()).session.tenant.id
  // A seal to attack, as if the rows had waited their seconds.
  await harness.database.admin.query(
    `insert into app.audit_seals select tenant_id, 1, id, at, 1, '', '', at from app.audit_logs where tenant_id = $1 limit 1`,
    [tenantId],
  )
})
afterAll(() => harness.close())

describe('the login of the application', () => {
  it.each([
    ['change a row', 'update app.audit_logs set entity = $$x$$ where tenant_id = $1'],
    ['delete one', 'delete from app.audit_logs where tenant_id = $1'],
    ['empty the log', 'truncate app.audit_logs'],
    [
      'write a seal',
      "insert into app.audit_seals values ($1, 999, gen_random_uuid(), now(), 1, '', '', now())",
    ],
    ['change a seal', 'update app.audit_seals set seq = 7 where tenant_id = $1'],
    ['delete a seal', 'delete from app.audit_seals where tenant_id = $1'],
    ['switch the triggers off', 'set local session_replication_role = replica'],
    [
      'write a row as a trigger would',
      "insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity) values ($1, now(), gen_random_uuid(), 'user', 'update', 'x')",
    ],
    [
      'write an event outside the list',
      "insert into app.audit_logs (tenant_id, at, id, actor_type, action, entity) values ($1, now(), gen_random_uuid(), 'user', 'money.found', 'x')",
    ],
    ['make a temporary table, whose trigger could', 'create temporary table forged (id uuid)'],
    [
      'make a function that could',
      "create function app.forge() returns trigger language plpgsql as 'begin return new; end'",
    ],
    [
      'make a trigger that could',
      'create trigger forge after insert on app.tags for each row execute function app.audit()',
    ],
    ['become the owner', 'set local role chronos_owner'],
    ['end the log of a tenant that is there', 'select app.forget_audit($1)'],
    ['end what is young', 'select app.retire_audit($1, now())'],
    ['seal for another tenant', 'select * from app.seal_audit(gen_random_uuid(), 1)'],
  ])('cannot %s', async (_what, text) => {
    const client = new pg.Client({ connectionString: harness.database.appUrl })
    await client.connect()
    try {
      await client.query('begin')
      await client.query("select app.enter($1, null, 'user', null, null, null, null)", [tenantId])
      await client.query("set local app.audit_ends = 'yes'")
      const error = await client.query(text, text.includes('$1') ? [tenantId] : []).then(
        () => null,
        (failure: unknown) => failure as { code?: string },
      )
      expect(error?.code).toBe('42501')
    } finally {
      await client.end()
    }
  })

  it('nor can the owner, but by the functions that end a log', async () => {
    const { admin } = harness.database
    for (const table of ['audit_logs', 'audit_seals']) {
      await expect(admin.query(`update app.${table} set at = at`)).rejects.toThrow(/append-only/)
      await expect(admin.query(`delete from app.${table}`)).rejects.toThrow(/append-only/)
      await expect(admin.query(`truncate app.${table}`)).rejects.toThrow(/append-only/)
    }
  })
})

describe('a refusal', () => {
  it('stands in the log once a minute for each session and endpoint', async () => {
    const viewer = await harness.signUp()
    const { admin } = harness.database
    await admin.query("update app.users set role = 'viewer' where tenant_id = $1", [viewer.session.tenant.id])
    harness.clock.advance(61_000)
    const account = { name: 'x', type: 'cash', currency: 'BRL' }
    const count = async (): Promise<number> =>
      (
        await admin.query(
          "select 1 from app.audit_logs where tenant_id = $1 and action = 'access.refused' and after ->> 'endpoint' = 'createAccount'",
          [viewer.session.tenant.id],
        )
      ).rowCount ?? 0
    for (let index = 0; index < 20; index += 1)
      expect((await viewer.post('/accounts', account)).body.code).toBe('forbidden')
    expect(await count()).toBe(1)
    harness.clock.advance(61_000)
    await viewer.post('/accounts', account)
    expect(await count()).toBe(2)
  })

  it('of a token says what the token was for', async () => {
    const client = await harness.signUp()
    await harness.verify(client)
    const made = await client.post('/me/tokens', { name: 'x', scopes: ['ledger.read'], expiresInDays: 5 })
    expect(made.status).toBe(201)
    const program = { authorization: `Bearer ${made.body.token}` }
    expect((await client.post('/categories', { name: 'Livros' }, program)).body.code).toBe('forbidden')
    const log = await client.get('/audit-logs?action=access.refused')
    expect(log.body.items[0].after).toEqual({
      endpoint: 'createCategory',
      role: 'owner',
      scopes: ['ledger.read'],
    })
  })
})
