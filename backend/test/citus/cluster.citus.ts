/**
 * What a cluster alone can break: the way to it with data and without, migrations that come after, what keeps tenants
 * apart on every piece, and functions that run as the owner. scripts/test-citus.ts has the servers.
 */
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { wrongTotals } from '../../../scripts/backup/catalogue.ts'
import { keepMonths } from '../../src/modules/housekeeping/housekeeping.queries.ts'
import { sealAll } from '../../src/modules/audit/audit.jobs.ts'
import { analyzeImported } from '../../src/modules/imports/apply.queries.ts'
import { distribute, type Cluster } from '../../src/platform/cluster.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { ensureRoles } from '../../src/platform/roles.ts'
import { createTestDatabase, dropOn, urlsFor, WORKERS, type TestDatabase } from '../database.ts'
import { createHarness, type Client, type Harness } from '../harness.ts'
import { modelFacts, catalogueFacts, differences } from '../schema/prisma-model.ts'
import { findViolations } from '../schema/violations.ts'
import { readFile } from 'node:fs/promises'
import path from 'node:path'

/** The last migration that clusters begin with (docs/decisions/0013). */
const BASELINE = '0121_policies_in_one_piece.sql'

const adminUrl = inject('adminUrl')
const clusterOf = (database: string): Cluster => ({
  adminUrl,
  urls: urlsFor(adminUrl, database),
  coordinator: new URL(adminUrl).host,
  workers: WORKERS,
  shards: 4,
})
const nameOf = ({ ownerUrl }: { ownerUrl: string }): string => new URL(ownerUrl).pathname.slice(1)

async function counted(admin: pg.Client): Promise<Record<string, number>> {
  const { rows } = await admin.query<{ name: string }>(
    `select 'app.' || relname as name from pg_class where relnamespace = 'app'::regnamespace
     and relkind in ('r', 'p') and not relispartition order by 1`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of rows)
    counts[name] = Number((await admin.query(`select count(*) as n from ${name}`)).rows[0].n)
  return counts
}

async function accountOf(client: Client): Promise<string> {
  const { body } = await client.post('/accounts', { name: 'Conta', type: 'checking', currency: 'BRL' })
  return body.id as string
}

describe('a server with data that becomes a cluster', () => {
  let database: TestDatabase
  let harness: Harness
  let ana: Client
  let bea: Client
  let before: Record<string, number>
  let accounts: unknown

  beforeAll(async () => {
    database = await createTestDatabase(adminUrl, [])
    harness = await createHarness({ database })
    ana = await harness.signUp()
    bea = await harness.signUp()
    for (const client of [ana, bea]) {
      const accountId = await accountOf(client)
      for (let day = 1; day <= 5; day += 1)
        await client.post('/transactions', {
          accountId,
          occurredOn: `2026-11-0${day}`,
          amountMinor: -day * 100,
          description: `Dia ${day}`,
        })
      const csv = { name: 'a.csv', content: 'data;descricao;valor\n22/11/2026;Padaria;-12,00\n' }
      const { body } = await client.upload('/imports', csv, { accountId })
      expect((await client.post(`/imports/${body.id}/apply`, { accounts: {} })).status).toBeLessThan(300)
    }
    accounts = (await ana.get('/accounts')).body
    before = await counted(database.admin)
    await distribute(clusterOf(nameOf(database)))
  })
  afterAll(async () => {
    await harness.close()
    await database.drop()
    for (const worker of WORKERS) await dropOn(adminUrl, worker, nameOf(database))
  })

  it('has every row, once, on its workers, and no audit row of the move', async () => {
    expect(before['app.transactions']).toBe(12)
    expect(await counted(database.admin)).toEqual(before)
    // What was copied is not kept beside it.
    const { rows } = await database.admin.query(
      "select c.relname from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and pg_relation_size(c.oid) > 0",
    )
    expect(rows).toEqual([])
    expect(await wrongTotals(database.admin)).toEqual([])
  })

  it('goes on: balances are as they were, and the next booking counts', async () => {
    expect((await ana.get('/accounts')).body).toEqual(accounts)
    const [account] = (await ana.get('/accounts')).body.items
    const entry = { occurredOn: '2026-11-23', amountMinor: -50, description: 'Depois', accountId: account.id }
    expect((await ana.post('/transactions', entry)).status).toBe(201)
    const [after] = (await ana.get('/accounts')).body.items
    expect(after.balanceMinor).toBe(account.balanceMinor - 50)
    expect((await bea.get('/accounts')).body.items[0].balanceMinor).toBe(-1500 - 1200)
    const { body } = await bea.get(`/transactions?accountId=${account.id}`)
    expect(body.items ?? []).toEqual([])
  })

  it('is left as it is by a second run', async () => {
    expect(await distribute(clusterOf(nameOf(database)))).toEqual({ joined: [], tables: [] })
  })
})

describe('a cluster', () => {
  let harness: Harness
  let ana: Client

  beforeAll(async () => {
    harness = await createHarness()
    ana = await harness.signUp()
  })
  afterAll(() => harness.close())

  it('spreads tables over both workers, and one tenant lies on one', async () => {
    const { rows } = await harness.database.admin.query(
      "select count(distinct nodename)::int as nodes from citus_shards where table_name = 'app.transactions'::regclass",
    )
    expect(rows).toEqual([{ nodes: WORKERS.length }])
  })

  it('seals the audit log, and verifies it', { retry: 0 }, async () => {
    const accountId = await accountOf(ana)
    const entry = { accountId, occurredOn: '2026-11-20', amountMinor: -100, description: 'Café 💸' }
    expect((await ana.post('/transactions', entry)).status).toBe(201)
    // Rows wait five seconds before they are sealed.
    await new Promise((resolve) => setTimeout(resolve, 5_500))
    await sealAll({ ...harness.context, headFile: undefined } as unknown as Parameters<typeof sealAll>[0])
    const { rows } = await harness.database.admin.query<{ seals: number }>(
      'select count(*)::int as seals from app.audit_seals where tenant_id = $1',
      [ana.session.tenant.id],
    )
    expect(rows[0]?.seals).toBeGreaterThan(3)
    await harness.verify(ana)
    const verification = await ana.post('/audit-logs/verify')
    expect([verification.status, verification.body]).toMatchObject([200, { ok: true }])
  })

  it('makes statistics of what imports fill on every piece, once within a minute', async () => {
    const accountId = await accountOf(ana)
    const entry = { accountId, occurredOn: '2026-11-21', amountMinor: -100, description: 'Padaria' }
    expect((await ana.post('/transactions', entry)).status).toBe(201)
    const { admin } = harness.database
    const analyzed = async (): Promise<number> => {
      const { rows } = await admin.query<{ pieces: string }>(
        `select coalesce(sum(result::int), 0) as pieces from run_command_on_shards('app.transaction_lines',
           $$select count(*) from pg_stat_user_tables where relid = '%s'::regclass and last_analyze is not null$$)`,
      )
      return Number(rows[0]?.pieces)
    }
    const pieces = await admin.query(
      "select from citus_shards where table_name = 'app.transaction_lines'::regclass",
    )
    expect(await analyzeImported(harness.context.control)).toBe(true)
    // Counters come a moment after what they count.
    await expect.poll(analyzed, { timeout: 15_000 }).toBe(pieces.rowCount)
    expect(await analyzeImported(harness.context.control)).toBe(false)
  })

  it('refuses to change the log, also as its owner', async () => {
    const owner = new pg.Client({ connectionString: harness.database.ownerUrl })
    await owner.connect()
    try {
      await owner.query('begin')
      await owner.query(`set local citus.propagate_set_commands = 'local'`)
      await owner.query(`set local app.tenant_id = '${ana.session.tenant.id}'`)
      await expect(
        owner.query('delete from app.audit_logs where tenant_id = $1', [ana.session.tenant.id]),
      ).rejects.toMatchObject({ code: '42501' })
    } finally {
      await owner.end()
    }
  })

  it('ends no part of the log that has rows on a worker, though its own file here is empty', async () => {
    const { admin } = harness.database
    const rows = async (): Promise<number> =>
      Number((await admin.query('select count(*) as n from app.audit_logs')).rows[0].n)
    const before = await rows()
    expect(before).toBeGreaterThan(5)
    const now = new Date()
    await keepMonths(
      harness.context.control,
      new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 16, 15)),
    )
    expect(await rows()).toBe(before)
  })

  it('makes the next months of the log, spread and as well kept as the others', async () => {
    const { admin } = harness.database
    const parts = async (): Promise<string[]> =>
      (
        await admin.query<{ name: string }>(
          "select logicalrelid::text as name from pg_dist_partition where logicalrelid::text like 'app.audit_logs%' order by 1",
        )
      ).rows.map(({ name }) => name)
    const before = await parts()
    const newest = before
      .findLast((name) => /\d{4}_\d\d$/.test(name))
      ?.slice(-7)
      .replace('_', '-')
    const later = new Date(Date.parse(`${newest}-15T00:00:00Z`) - 31 * 86_400_000)
    await keepMonths(harness.context.control, later)
    expect((await parts()).length).toBe(before.length + 2)
    // Compares every piece with its whole, and would refuse.
    expect(await distribute(clusterOf(nameOf(harness.database)))).toEqual({ joined: [], tables: [] })
  })

  it('is seen as badly kept where one piece has another policy than the whole', async () => {
    const { admin } = harness.database
    await admin.query(
      "select run_command_on_shards('app.tags', 'create policy everybody on %s using (true)')",
    )
    await expect(distribute(clusterOf(nameOf(harness.database)))).rejects.toThrow(/app\.tags/)
    await admin.query("select run_command_on_shards('app.tags', 'drop policy everybody on %s')")
    expect(await distribute(clusterOf(nameOf(harness.database)))).toEqual({ joined: [], tables: [] })
  })
})

describe('migrations', () => {
  const made: string[] = []
  afterEach(async () => {
    for (const database of made.splice(0)) {
      await dropOn(adminUrl, new URL(adminUrl).host, database)
      for (const worker of WORKERS) await dropOn(adminUrl, worker, database)
    }
  })

  it('that come after a cluster was made are applied to it, and make the same schema', async () => {
    const name = `chronos_test_later_${process.pid}`
    made.push(name)
    const { urls, ...cluster } = clusterOf(name)
    await ensureRoles(adminUrl, urls)
    await migrate(urls.ownerUrl, BASELINE)
    // As a deployment names the superuser: with the product's database, which no worker has yet.
    const inside = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href
    await distribute({ urls, ...cluster, adminUrl: inside })
    await migrate(urls.ownerUrl)
    expect(await distribute({ urls, ...cluster })).toMatchObject({ tables: [] })
    const url = new URL(adminUrl)
    url.pathname = `/${name}`
    const admin = new pg.Client({ connectionString: url.href })
    await admin.connect()
    try {
      const model = await readFile(path.join(import.meta.dirname, '../../prisma/schema.prisma'), 'utf8')
      expect(differences(modelFacts(model), await catalogueFacts(admin))).toEqual([])
      expect(await findViolations(admin)).toEqual([])
      const groups = await admin.query(
        "select distinct colocationid from pg_dist_partition where partmethod = 'h'",
      )
      expect(groups.rowCount).toBe(1)
    } finally {
      await admin.end()
    }
  })

  it('of a table with a restrictive policy are refused, and nothing is spread', async () => {
    const database = await createTestDatabase(adminUrl, [])
    made.push(nameOf(database))
    await database.admin.query('create policy narrow on app.tags as restrictive using (id is not null)')
    await expect(distribute(clusterOf(nameOf(database)))).rejects.toThrow(/narrow of app\.tags/)
    const { rows } = await database.admin.query('select count(*)::int as spread from pg_dist_partition')
    expect(rows).toEqual([{ spread: 0 }])
    await database.admin.end()
  })
})
