/** docs/privacy.md names every table of the database, once, with its class, its ground and its end; and no other. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ENCRYPTED_COLUMNS } from '../src/platform/encrypted-columns.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

const ROW = /^\| `((?:app|control|pgboss)\.\w+)` +\| (\S+) +\| (.+?) +\| (\S+) +\| (.+?) +\|$/gm
const CLASSES = ['credential', 'personal', 'books', 'technical']
const GROUNDS = ['contract', 'security', 'accountability', 'consent']

let database: TestDatabase
let rows: { table: string; kind: string; what: string; ground: string; until: string }[]

beforeAll(async () => {
  database = await createTestDatabase(inject('adminUrl'))
  const text = await readFile(path.join(import.meta.dirname, '../../docs/privacy.md'), 'utf8')
  rows = [...text.matchAll(ROW)].map(([, table = '', kind = '', what = '', ground = '', until = '']) => ({
    table,
    kind,
    what,
    ground,
    until,
  }))
})
afterAll(() => database.drop())

const classOf = (table: string): string | undefined => rows.find((row) => row.table === table)?.kind

describe('the table of what is stored', () => {
  it('has every table of the database once, and no other', async () => {
    const { rows: found } = await database.admin.query<{ name: string }>(
      `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname in ('app', 'control', 'pgboss') and c.relkind in ('r', 'p') and not c.relispartition`,
    )
    expect(rows.map(({ table }) => table).sort()).toEqual(found.map(({ name }) => name).sort())
  })

  it('says of each its class, what it is for, on what ground and until when', () => {
    for (const { table, kind, what, ground, until } of rows) {
      expect(CLASSES, table).toContain(kind)
      expect(GROUNDS, table).toContain(ground)
      expect(what.length, table).toBeGreaterThan(5)
      expect(until.length, table).toBeGreaterThan(4)
    }
  })

  it('calls what holds a hash, a secret or a key a credential, and nothing with an address technical', async () => {
    const { rows: columns } = await database.admin.query<{ table: string; column: string }>(
      `select table_schema || '.' || table_name as table, column_name as column from information_schema.columns
       where table_schema in ('app', 'control')`,
    )
    const holding = (pattern: RegExp): string[] => [
      ...new Set(columns.filter(({ column }) => pattern.test(column)).map(({ table }) => table)),
    ]
    const secret = holding(/^(secret|password|refresh|token|code|totp)_?(hash|secret)$|^public_key$/)
    expect(secret.length).toBeGreaterThan(6)
    for (const table of [
      ...secret,
      ...Object.keys(ENCRYPTED_COLUMNS).map((name) => name.replace(/\.\w+$/, '')),
    ])
      expect([table, classOf(table)]).toEqual([table, 'credential'])
    for (const table of holding(/^(email|ip|user_agent|recipient|wa_id|bsuid)$/))
      expect([table, classOf(table)]).not.toEqual([table, 'technical'])
  })

  it('lets every row of a person and of a workspace say that it ends with them', async () => {
    const { rows: cascading } = await database.admin.query<{ table: string }>(
      `select conrelid::regclass::text as table from pg_constraint
       where confrelid = 'control.identities'::regclass and confdeltype = 'c'`,
    )
    expect(cascading.length).toBeGreaterThan(8)
    const soon = /day/
    for (const { table } of cascading) {
      const until = rows.find((row) => row.table === table)?.until ?? ''
      expect([table, /person/i.test(until) || soon.test(until)]).toEqual([table, true])
    }
  })
})
