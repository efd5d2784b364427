/**
 * A cluster's backup is one of a single server: verified on one without Citus, restored there, or into a coordinator, which is
 * spread again afterwards. So is the way of a grown server to a cluster.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { newBackupKey } from '../../src/platform/backup-key.ts'
import { wrongTotals } from '../../../scripts/backup/catalogue.ts'
import { createDump, type CreatedBackup } from '../../../scripts/backup/create.ts'
import { restoreDump } from '../../../scripts/backup/restore.ts'
import { verifyBackup } from '../../../scripts/backup/verify.ts'
import { readEnvironment } from '../../../scripts/env-file.ts'
import { clearUnusedExtension, distribute } from '../../src/platform/cluster.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { createTestDatabase, dropOn, urlsFor, WORKERS, type TestDatabase } from '../database.ts'
import { createHarness, type Client, type Harness } from '../harness.ts'

const adminUrl = inject('adminUrl')
const key = await newBackupKey()
const BOOKED = 6

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chronos-citus-backup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const back = (database: TestDatabase, day: number): Promise<CreatedBackup> =>
  createDump({ key, folder, now: new Date(Date.UTC(2026, 10, day, 3)), settings: '' }, database.backupUrl)

async function book(client: Client): Promise<void> {
  const { body } = await client.post('/accounts', { name: 'Conta', type: 'checking', currency: 'BRL' })
  for (let day = 1; day <= BOOKED; day += 1)
    await client.post('/transactions', {
      accountId: body.id,
      occurredOn: `2026-11-0${day}`,
      amountMinor: -day * 100,
      description: `Dia ${day}`,
    })
}

/** Restores into a database of its own on the coordinator, as an operator does, and spreads it. */
async function restoreIntoCluster(backup: CreatedBackup, client: Client): Promise<void> {
  const name = `chronos_restored_${randomUUID().replaceAll('-', '')}`
  const urls = urlsFor(adminUrl, name)
  const server = new pg.Client({ connectionString: adminUrl })
  await server.connect()
  try {
    await restoreDump(backup.path, key, backup.manifest, adminUrl, urls)
    await clearUnusedExtension(adminUrl, urls.ownerUrl)
    expect(await migrate(urls.ownerUrl)).toEqual([])
    const cluster = { adminUrl, urls, coordinator: new URL(adminUrl).host, workers: WORKERS, shards: 4 }
    const { joined, tables } = await distribute(cluster)
    expect(joined).toHaveLength(WORKERS.length)
    const { rows } = backup.manifest
    expect(tables.length).toBeGreaterThan(20)
    expect(tables.map(({ table, rows: count }) => [table, count])).toEqual(
      tables.map(({ table }) => [table, rows[table]]),
    )
    const admin = new pg.Client({ connectionString: adminUrl.replace(/\/postgres$/, `/${name}`) })
    await admin.connect()
    expect(await wrongTotals(admin)).toEqual([])
    const seen = await admin.query('select count(*)::int as n from app.transactions where tenant_id = $1', [
      client.session.tenant.id,
    ])
    expect(seen.rows).toEqual([{ n: BOOKED }])
    await admin.end()
  } finally {
    await server.query(`drop database if exists ${name} with (force)`)
    await server.end()
    for (const worker of WORKERS) await dropOn(adminUrl, worker, name)
  }
}

describe('the backup of a cluster', () => {
  let harness: Harness
  let ana: Client
  let backup: CreatedBackup

  beforeAll(async () => {
    harness = await createHarness()
    ana = await harness.signUp()
    const bea = await harness.signUp()
    await book(ana)
    await book(bea)
    backup = await back(harness.database, 20)
  })
  afterAll(() => harness.close())

  it('has the rows of all workers', () => {
    expect(backup.manifest.rows['app.transactions']).toBe(2 * BOOKED)
    expect(backup.manifest.rows['app.tenants']).toBe(2)
  })

  it('is verified on a server without Citus: counts, rules, logins, balances, audit chain, a sign-in', async () => {
    const checks = await verifyBackup(backup.path, key, backup.manifest, readEnvironment())
    expect(checks.filter(({ problems }) => problems.length > 0)).toEqual([])
    expect(checks.map(({ name }) => name)).toContain('sign-in')
  })

  it('is restored into a coordinator, and spread again', () => restoreIntoCluster(backup, ana))
})

describe('a single server', () => {
  let harness: Harness
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase(adminUrl, [])
    harness = await createHarness({ database })
  })
  afterAll(async () => {
    await harness.close()
    await database.drop()
  })

  it('becomes a cluster by its backup, restored into the coordinator', async () => {
    const ana = await harness.signUp()
    await book(ana)
    await restoreIntoCluster(await back(database, 21), ana)
  })
})
