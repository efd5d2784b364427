/**
 * A database of its own for each test file: a clone of the migrated template, dropped when the file is done. With
 * TEST_CITUS_WORKERS (scripts/test-citus.ts) it is spread over these workers, and the server is their coordinator.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { distribute } from '../src/platform/cluster.ts'
import type { LoginUrls } from '../src/platform/roles.ts'

export const TEMPLATE = 'chronos_template'
const PASSWORD = 'only-for-tests'

export function urlsFor(adminUrl: string, database: string): LoginUrls & { maintenanceUrl: string } {
  const as = (login: string): string => {
    const url = new URL(adminUrl)
    url.username = login
    url.password = PASSWORD
    url.pathname = `/${database}`
    return url.href
  }
  return {
    appUrl: as('chronos_app'),
    ownerUrl: as('chronos_owner'),
    controlUrl: as('chronos_control'),
    backupUrl: as('chronos_backup'),
    maintenanceUrl: as('chronos_maintenance'),
  }
}

export interface TestDatabase extends LoginUrls {
  maintenanceUrl: string
  /** A superuser's connection, for looking behind row level security in assertions; never for the code under test. */
  admin: pg.Client
  drop(): Promise<void>
}

/** Of the cluster that tests run on; none on one server. */
export const WORKERS: readonly string[] = (process.env['TEST_CITUS_WORKERS'] ?? '')
  .split(',')
  .filter((worker) => worker !== '')

export async function createTestDatabase(
  adminUrl: string,
  workers: readonly string[] = WORKERS,
): Promise<TestDatabase> {
  const name = `chronos_test_${randomUUID().replaceAll('-', '')}`
  const server = new pg.Client({ connectionString: adminUrl })
  await server.connect()
  await server.query(`create database ${name} template ${TEMPLATE} owner chronos_owner`)
  await server.query(`revoke connect, temporary on database ${name} from public`)
  await server.query(`grant connect on database ${name} to chronos_app, chronos_control, chronos_backup`)
  if (workers.length > 0) await spread(adminUrl, name, workers)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const admin = new pg.Client({ connectionString: url.href })
  await admin.connect()
  return {
    ...urlsFor(adminUrl, name),
    admin,
    async drop() {
      await admin.end()
      await server.query(`drop database ${name} with (force)`)
      await server.end()
      for (const worker of workers) await dropOn(adminUrl, worker, name)
    },
  }
}

/** Few pieces: each is a table of its own, and what a statement may do does not depend on their number. */
async function spread(adminUrl: string, database: string, workers: readonly string[]): Promise<void> {
  await distribute({
    adminUrl,
    urls: urlsFor(adminUrl, database),
    coordinator: new URL(adminUrl).host,
    workers,
    shards: 4,
  })
}

export async function dropOn(adminUrl: string, worker: string, database: string): Promise<void> {
  const url = new URL(adminUrl)
  url.host = worker
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(`drop database if exists ${database} with (force)`)
  await client.end()
}
