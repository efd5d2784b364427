/** A new major version of PostgreSQL: what the old one backed up is restored there. `make test-compat POSTGRES=18` runs it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { describe, expect, inject, it, vi } from 'vitest'
import { createDump } from '../../scripts/backup/create.ts'
import { findProgram } from '../../scripts/backup/programs.ts'
import { restoreDump } from '../../scripts/backup/restore.ts'
import { startTestCluster } from '../../scripts/test-cluster.ts'
import { newBackupKey } from '../src/platform/backup-key.ts'
import { migrate } from '../src/platform/migrate.ts'
import { ensureRoles } from '../src/platform/roles.ts'
import { urlsFor } from './database.ts'

const NAME = `chronos_test_upgraded_${process.pid}`

async function ask<Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

const versionOf = async (url: string): Promise<string> =>
  (await ask<{ server_version: string }>(url, 'show server_version'))[0]?.server_version ?? ''

// Only where another server than the product's own is named for the tests.
describe.runIf((process.env['POSTGRES_HOME'] ?? '') !== '')('a backup of the version before', () => {
  it('is restored on this server, with every rule, and migrates on', async ({ skip }) => {
    const adminUrl = inject('adminUrl')
    vi.stubEnv('POSTGRES_HOME', '')
    const old = await startTestCluster()
    vi.unstubAllEnvs()
    const folder = mkdtempSync(path.join(tmpdir(), 'upgrade of '))
    try {
      skip(
        findProgram('pg_dump', await versionOf(old.adminUrl)) === undefined,
        'needs pg_dump of the old server',
      )
      const key = await newBackupKey()
      const [from, to] = [urlsFor(old.adminUrl, NAME), urlsFor(adminUrl, NAME)]
      await ensureRoles(old.adminUrl, from)
      await migrate(from.ownerUrl)
      const backup = await createDump({ key, folder, now: new Date(), settings: '' }, from.backupUrl)
      await restoreDump(backup.path, key, backup.manifest, adminUrl, to)
      expect(await migrate(to.ownerUrl)).toEqual([])
    } finally {
      await old.stop()
      rmSync(folder, { recursive: true, force: true })
      await ask(adminUrl, `drop database if exists ${NAME}`)
    }
  })
})
