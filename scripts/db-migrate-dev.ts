// `make db-migrate-dev`: what follows from a new migration, in one step. With NAME it writes one from a template first.
// Applies what the development database has not seen, writes schema.prisma and the client anew, and compares that
// database with them: a database that was changed by hand, or by a migration edited afterwards, is named.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { catalogueFacts, differences, modelFacts } from '../backend/test/schema/prisma-model.ts'
import { runMigrations, withDevelopmentDatabase } from './dev-database.ts'
import { readEnvironment, ROOT } from './env-file.ts'
import { migrationText, nextNumber, tableName } from './migration-template.ts'
import { runPart } from './part.ts'

const MIGRATIONS = path.join(ROOT, 'backend', 'migrations')
const SCHEMA = path.join(ROOT, 'backend', 'prisma', 'schema.prisma')

export interface NewMigration {
  /** Empty: none is made, what is there is applied. */
  name: string
  /** Columns beside those that every table has, as `name:text paid_on:date?`. */
  columns: string
  /** Writes the file and stops, to be edited first. */
  isDraft: boolean
}

/** @throws Error when a migration fails, or database and schema.prisma differ */
export async function migrateDevelopment(
  { name, columns, isDraft }: NewMigration,
  print: (line: string) => void,
): Promise<void> {
  const made = name === '' ? undefined : writeMigration(name, columns)
  if (made !== undefined) print(`Wrote ${path.relative(ROOT, made)}.`)
  if (isDraft) return print('Edit it, then: make db-migrate-dev')
  const env = readEnvironment()
  await withDevelopmentDatabase(env, async (local) => {
    try {
      await runMigrations(local, print)
    } catch (error) {
      // It was rolled back whole, so nothing has seen it.
      if (made !== undefined) rmSync(made)
      throw error
    }
    await runPart({ name: 'schema', args: ['backend/prisma/print-schema.ts'], env: local, onLine: print })
    await compare(local['DATABASE_OWNER_URL'] ?? '')
  })
  print('The development database says what schema.prisma says.')
}

function writeMigration(name: string, columns: string): string {
  const table = tableName(name)
  const file = path.join(MIGRATIONS, `${nextNumber(readdirSync(MIGRATIONS))}_${table}.sql`)
  writeFileSync(file, migrationText(table, columns), { flag: 'wx' })
  return file
}

async function compare(ownerUrl: string): Promise<void> {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    const found = differences(modelFacts(readFileSync(SCHEMA, 'utf8')), await catalogueFacts(client))
    if (found.length > 0)
      throw new Error(
        `The development database is not what the migrations make (schema.prisma is):\n${found.map((line) => `  ${line}`).join('\n')}\nmake db-reset makes it anew.`,
      )
  } finally {
    await client.end()
  }
}
