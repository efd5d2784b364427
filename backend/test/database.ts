/** A database of its own for each test file: a clone of the migrated template, dropped when the file is done. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
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

export async function createTestDatabase(adminUrl: string): Promise<TestDatabase> {
  const name = `chronos_test_${randomUUID().replaceAll('-', '')}`
  const server = new pg.Client({ connectionString: adminUrl })
  await server.connect()
  await server.query(`create database ${name} template ${TEMPLATE} owner chronos_owner`)
  await server.query(`revoke connect, temporary on database ${name} from public`)
  await server.query(`grant connect on database ${name} to chronos_app, chronos_control, chronos_backup`)
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
    },
  }
}
