/**
 * Migrations run as the owner, under an advisory lock, each in one transaction and each statement as a message of its
 * own. ../migrate.ts is the program; roles.ts makes the logins.
 */
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { Umzug } from 'umzug'
import { QUEUES } from './queues.ts'

export interface MigrationConnection {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

const FOLDER = path.join(import.meta.dirname, '../../migrations')
const MARKER = /^--;;[ \t]*$/m
/** Of an advisory lock: one process at a time changes the schema. */
export const MIGRATION_LOCK = 4_119_202_611

/** The statements of a migration file, without comments that stand before them. */
export function statementsOf(text: string): string[] {
  return text
    .split(MARKER)
    .map((part) => part.replace(/^(\s*--[^\n]*\n)+/, '').trim())
    .filter((part) => part !== '')
}

/**
 * Applies the migrations that the database has not seen, in the order of their numbers.
 * @param last the name of the last one that is applied, where a test wants the schema of an earlier day
 * @returns the names of those applied
 */
export async function migrate(ownerUrl: string, last = '9999'): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'chronos-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query('create schema if not exists control')
    await client.query(
      'create table if not exists control.migrations (name text not null, applied_at timestamptz not null,' +
        ' constraint migrations_pkey primary key (name))',
    )
    const files = (await readdir(FOLDER))
      .filter((name) => /^\d{4}_.*\.(sql|ts)$/.test(name) && name <= last)
      .sort()
    const umzug = new Umzug({
      migrations: files.map((name) => ({ name, up: () => apply(client, name) })),
      context: client,
      logger: undefined,
      storage: {
        executed: async () =>
          (await client.query<{ name: string }>('select name from control.migrations')).rows.map(
            (row) => row.name,
          ),
        // Written by apply(), in the migration's own transaction.
        logMigration: () => Promise.resolve(),
        unlogMigration: () => Promise.reject(new Error('migrations go forward only')),
      },
    })
    const applied = (await umzug.up()).map((migration) => migration.name)
    await ensureQueues(client)
    return applied
  } finally {
    await client.end()
  }
}

/** A queue that a later version of the code brings is made here: the processes may not. */
async function ensureQueues(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select name from pgboss.queue')
  const known = new Set(rows.map((row) => row.name))
  for (const { name, options } of Object.values(QUEUES)) {
    if (known.has(name)) continue
    await client.query('select pgboss.create_queue($1, $2::jsonb)', [name, JSON.stringify(options)])
  }
}

async function apply(client: pg.Client, name: string): Promise<void> {
  const file = path.join(FOLDER, name)
  await client.query('begin')
  try {
    if (name.endsWith('.ts')) {
      const module = (await import(pathToFileURL(file).href)) as {
        up(connection: MigrationConnection): Promise<void>
      }
      await module.up(client)
    } else {
      for (const statement of statementsOf(await readFile(file, 'utf8'))) await client.query(statement)
    }
    await client.query('insert into control.migrations (name, applied_at) values ($1, $2)', [
      name,
      new Date(),
    ])
    const end = await client.query('commit')
    if (end.command !== 'COMMIT') throw new Error('rolled back')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
