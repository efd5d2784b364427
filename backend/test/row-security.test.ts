/**
 * Two tenants with a row in every table, and the application's own login on the attack: without a tenant, and inside
 * the other one. The tables come from the catalogue, so that a new one is attacked too.
 */
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readConfig } from '../src/config.ts'
import { createContext } from '../src/context.ts'
import { CONTROL_PLANE_TABLES } from '../src/platform/control-plane-tables.ts'
import { createTestDatabase, TEMPLATE } from './database.ts'
import { fillTenant, insertion, tenantTables, type Row, type TenantTable } from './schema/tenant-rows.ts'

const A = '00000000-0000-7000-8000-00000000aaaa'
const B = '00000000-0000-7000-8000-00000000bbbb'
const DENIED = '42501'
const NO_SUCH_KEY = '23503'
/** What PostgreSQL answers to COPY … FROM of a login that row level security binds. */
const NOT_SUPPORTED = '0A000'
/** COPY … TO of a table in parts is refused as such: its rows go by a query. */
const IN_PARTS = '42809'

const database = await createTestDatabase(inject('adminUrl'))
const tables = await tenantTables(database.admin)
const app = new pg.Client({ connectionString: database.appUrl })
await app.connect()
const rowsOfA = await fillTenant(app, tables, A)
await fillTenant(app, tables, B)

afterAll(async () => {
  await app.end()
  await database.drop()
})

/** What a statement did: the tenants of the rows that it gave back, or the SQLSTATE of its refusal. */
async function attempt(
  tenantId: string | null,
  text: string,
  values: readonly unknown[] = [],
  { client = app, end = 'rollback' }: { client?: pg.Client; end?: 'rollback' | 'commit' } = {},
): Promise<string[] | string> {
  await client.query('begin')
  try {
    if (tenantId !== null)
      await client.query("select app.enter($1, null, 'user', null, null, null, null)", [tenantId])
    const { rows } = await client.query<{ tenant_id: string }>(text, values as unknown[])
    await client.query(end)
    return [...new Set(rows.map((row) => row.tenant_id))]
  } catch (error) {
    await client.query('rollback')
    return String((error as { code?: unknown }).code)
  }
}

/** What COPY gave out, or the SQLSTATE of its refusal. @param line goes in, where it is COPY … FROM STDIN */
async function attemptCopy(tenantId: string | null, statement: string, line?: string): Promise<string> {
  await app.query('begin')
  try {
    if (tenantId !== null)
      await app.query("select app.enter($1, null, 'user', null, null, null, null)", [tenantId])
    if (line === undefined) return await textOf(app.query(copyTo(statement)))
    await pipeline(Readable.from([line]), app.query(copyFrom(statement)))
    await app.query('commit')
    return 'taken'
  } catch (error) {
    return String((error as { code?: unknown }).code)
  } finally {
    await app.query('rollback')
  }
}

/** A row as COPY takes it. */
function copyLine(table: TenantTable, row: Row): string {
  const fields = table.columns.map(({ name }) => {
    const value = row[name]
    if (value === null || value === undefined) return '\\N'
    return Buffer.isBuffer(value) ? `\\\\x${value.toString('hex')}` : String(value)
  })
  return `${fields.join('\t')}\n`
}

/** Everything that A has, as the administrator sees it. */
async function everythingOfA(): Promise<unknown> {
  const parts = tables.map(
    ({ name }) =>
      `(select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) from ${name} t where tenant_id = $1) as "${name}"`,
  )
  const { rows } = await database.admin.query<Record<string, unknown>>(`select ${parts.join(', ')}`, [A])
  return rows[0]
}

function rowOfA(table: TenantTable): Row {
  const row = rowsOfA.get(table.name)
  if (!row) throw new Error(`no row of ${table.name}`)
  return row
}

const each = tables.map((table) => [table.name, table] as const)

it('finds a row of both tenants in every table, so that no attack is vain', async () => {
  for (const { name } of tables) {
    const { rows } = await database.admin.query(`select distinct tenant_id::text from ${name} order by 1`)
    expect([name, rows.map((row: { tenant_id: string }) => row.tenant_id)]).toEqual([name, [A, B]])
  }
})

describe.each(['a connection that was never inside a tenant', 'a connection that has left one'])(
  'without a tenant, on %s',
  (kind) => {
    let client: pg.Client
    beforeAll(async () => {
      client = new pg.Client({ connectionString: database.appUrl })
      await client.connect()
      if (kind.endsWith('left one'))
        expect(await attempt(A, 'select tenant_id from app.tenants', [], { client })).toEqual([A])
    })
    afterAll(() => client.end())

    it.each(each)('%s shows nothing, and takes and loses nothing', async (name, table) => {
      const none = (text: string, values: readonly unknown[] = []) => attempt(null, text, values, { client })
      expect(await none(`select tenant_id from ${name}`)).toEqual([])
      expect(await none(`select tenant_id from ${name} where tenant_id = $1`, [A])).toEqual([])
      expect([[], DENIED]).toContainEqual(
        await none(`update ${name} set tenant_id = tenant_id returning tenant_id`),
      )
      expect([[], DENIED]).toContainEqual(await none(`delete from ${name} returning tenant_id`))
      const { text, values } = insertion(table, rowOfA(table))
      expect(await none(text, values)).toBe(DENIED)
      expect(await none(`truncate ${name} cascade`)).toBe(DENIED)
    })
  },
)

describe('inside tenant B', () => {
  it.each(each)('%s shows the rows of B alone', async (name) => {
    expect(await attempt(B, `select tenant_id from ${name}`)).toEqual([B])
    expect(await attempt(B, `select tenant_id from ${name} where tenant_id = $1`, [A])).toEqual([])
    expect([[], DENIED]).toContainEqual(
      await attempt(B, `select tenant_id from ${name} where tenant_id = $1 for update`, [A]),
    )
  })

  it.each(each)('%s keeps the rows of A from being changed or deleted', async (name) => {
    const before = await everythingOfA()
    const ofA = [
      `update ${name} set tenant_id = tenant_id where tenant_id = $1 returning tenant_id`,
      `delete from ${name} where tenant_id = $1 returning tenant_id`,
    ]
    for (const text of ofA)
      expect([[], DENIED]).toContainEqual(await attempt(B, text, [A], { end: 'commit' }))
    expect([[B], DENIED]).toContainEqual(
      await attempt(B, `update ${name} set tenant_id = tenant_id returning tenant_id`),
    )
    expect([[B], DENIED, NO_SUCH_KEY]).toContainEqual(
      await attempt(B, `delete from ${name} returning tenant_id`),
    )
    expect(await everythingOfA()).toEqual(before)
  })

  it.each(each)('%s takes no row for A, by insert, by upsert or by moving one there', async (name, table) => {
    const before = await everythingOfA()
    const { text, values } = insertion(table, rowOfA(table))
    const keys = table.columns.filter(({ isKey }) => isKey).map((column) => column.name)
    const update = table.columns.map((column) => `${column.name} = excluded.${column.name}`).join(', ')
    const attacks = [
      text,
      `${text} on conflict do nothing`,
      `${text} on conflict (${keys.join(', ')}) do update set ${update}`,
    ]
    for (const attack of attacks) expect(await attempt(B, attack, values, { end: 'commit' })).toBe(DENIED)
    // A cluster moves no row to another tenant, whoever asks.
    expect(await attempt(B, `update ${name} set tenant_id = $1`, [A], { end: 'commit' })).toBeOneOf(
      process.env['TEST_CITUS_WORKERS'] ? [DENIED, '0A000'] : [DENIED],
    )
    expect(await everythingOfA()).toEqual(before)
  })

  it.each(each)('%s with the ids of A meets no row of A', async (_name, table) => {
    const before = await everythingOfA()
    const { text, values } = insertion(table, { ...rowOfA(table), tenant_id: B })
    const outcome = await attempt(B, `${text} on conflict do nothing returning tenant_id`, values)
    expect([[B], [], NO_SUCH_KEY, DENIED]).toContainEqual(outcome)
    expect(await everythingOfA()).toEqual(before)
  })

  it.each(each)('%s refers to no row of A', async (name, table) => {
    for (const { columns } of table.foreignKeys) {
      const own = columns.filter((column) => column !== 'tenant_id')
      if (own.length === 0) continue
      const row = rowOfA(table)
      // A column of a key to its own table is empty in the rows made: any id of A's row does.
      const values = own.map((column) => row[column] ?? row['id'])
      const text = `update ${name} set ${own.map((column, index) => `${column} = $${index + 1}`).join(', ')}`
      expect([columns, await attempt(B, text, values, { end: 'commit' })]).toEqual([columns, NO_SUCH_KEY])
    }
  })
})

describe('COPY', () => {
  const listed = (table: TenantTable): string =>
    `${table.name} (${table.columns.map(({ name }) => name).join(', ')})`
  const hasRowsOf = (copied: string, tenantId: string): boolean => copied.includes(tenantId)

  it.each(each)(
    '%s gives out the rows of the tenant that is entered alone, and none without one',
    async (name) => {
      for (const statement of [
        `copy ${name} to stdout`,
        `copy (select * from ${name}) to stdout`,
        `copy (select * from ${name} where tenant_id = '${A}') to stdout`,
      ]) {
        expect(['', IN_PARTS]).toContain(await attemptCopy(null, statement))
        expect([statement, hasRowsOf(await attemptCopy(B, statement), A)]).toEqual([statement, false])
      }
      const own = await attemptCopy(A, `copy (select * from ${name}) to stdout`)
      expect([hasRowsOf(own, A), hasRowsOf(own, B)]).toEqual([true, false])
    },
  )

  it.each(each)('%s takes no row, for whatever tenant', async (name, table) => {
    const before = await everythingOfA()
    for (const tenantId of [null, B, A]) {
      const line = copyLine(table, rowOfA(table))
      const outcome = await attemptCopy(tenantId, `copy ${listed(table)} from stdin`, line)
      expect([NOT_SUPPORTED, DENIED]).toContain(outcome)
    }
    expect(await everythingOfA()).toEqual(before)
    for (const statement of [
      `copy ${name} to '/tmp/rows'`,
      `copy ${name} from '/tmp/rows'`,
      `copy ${name} to program 'cat'`,
    ])
      expect([statement, await attempt(A, statement)]).toEqual([statement, DENIED])
  })

  it('reaches no part of a table past the policies of the whole', async () => {
    const { rows } = await database.admin.query<{ name: string }>(
      `select oid::regclass::text as name from pg_class where relispartition and relnamespace = 'app'::regnamespace and relkind = 'r'`,
    )
    expect(rows.length).toBeGreaterThan(0)
    for (const { name } of rows)
      for (const tenantId of [null, A, B])
        expect([name, await attemptCopy(tenantId, `copy ${name} to stdout`)]).toEqual([name, DENIED])
  })

  it('takes a line of this shape from who is not bound, so that the refusals are not vain', async () => {
    const table = tables.find(({ name }) => name === 'app.tags')
    if (!table) throw new Error('no table of tags')
    await database.admin.query('begin')
    const line = copyLine(table, { ...rowOfA(table), id: B, name: 'copied', name_key: 'copied' })
    await pipeline(Readable.from([line]), database.admin.query(copyFrom(`copy ${listed(table)} from stdin`)))
    const { rowCount } = await database.admin.query('select 1 from app.tags where id = $1', [B])
    await database.admin.query('rollback')
    expect(rowCount).toBe(1)
  })
})

describe('the control plane', () => {
  const COMMANDS = (table: string): string[] => [
    `select 1 from ${table}`,
    `insert into ${table} default values`,
    `delete from ${table}`,
    `lock table ${table} in access share mode`,
    `truncate ${table}`,
    `copy ${table} to stdout`,
    `copy ${table} from stdin`,
  ]

  it.each(CONTROL_PLANE_TABLES.map(({ table }) => table))(
    '%s is closed to the application',
    async (table) => {
      for (const text of COMMANDS(table)) expect([text, await attempt(A, text)]).toEqual([text, DENIED])
      const { rows } = await database.admin.query<{ column: string }>(
        'select quote_ident(attname) as column from pg_attribute where attrelid = $1::regclass and attnum = 1',
        [table],
      )
      const column = rows[0]?.column
      expect(await attempt(A, `update ${table} set ${column} = ${column}`)).toBe(DENIED)
    },
  )

  it('takes jobs from the application through one function, and its own functions are closed', async () => {
    expect(await attempt(A, "select control.enqueue('housekeeping', $1::uuid, null, null)", [A])).toEqual([
      undefined,
    ])
    expect(await attempt(A, "select control.enqueue('housekeeping', $1::uuid, null, null)", [B])).toBe(DENIED)
    expect(await attempt(null, "select control.enqueue('housekeeping', $1::uuid, null, null)", [B])).toBe(
      DENIED,
    )
    expect(await attempt(A, "select pgboss.delete_queue('housekeeping')")).toBe(DENIED)
    expect(await attempt(A, "select app.protect('app.tags')")).toBe(DENIED)
  })

  it('lets no login make a temporary table, whose trigger could write audit rows', async () => {
    const { rows } = await database.admin.query(
      `select login from unnest(array['chronos_app', 'chronos_control']) login where has_database_privilege(login, $1, 'temp')`,
      [TEMPLATE],
    )
    expect(rows).toEqual([])
    expect(await attempt(A, 'create temporary table forged (a integer)')).toBe(DENIED)
  })

  it('has a login that reads no tenant table', async () => {
    const control = new pg.Client({ connectionString: database.controlUrl })
    await control.connect()
    for (const { name } of tables) {
      expect([name, await attempt(null, `select 1 from ${name}`, [], { client: control })]).toEqual([
        name,
        DENIED,
      ])
    }
    await control.end()
  })
})

describe('the backup login', () => {
  it('reads both tenants, since a dump without them would be empty, and writes nothing', async () => {
    const backup = new pg.Client({ connectionString: database.backupUrl })
    await backup.connect()
    expect((await backup.query('select 1 from app.tenants')).rowCount).toBe(2)
    await backup.query('set default_transaction_read_only = off')
    expect(await attempt(null, 'delete from app.tags', [], { client: backup })).toBe(DENIED)
    await backup.end()
  })
})

describe('the server', () => {
  const start = (urls: { DATABASE_URL: string; DATABASE_CONTROL_URL: string }) =>
    createContext(
      readConfig({
        NODE_ENV: 'test',
        LOG_LEVEL: 'silent',
        JWT_SECRET: 'x'.repeat(32),
        SESSION_SECRET: 'y'.repeat(32),
        ENCRYPTION_KEY: '0'.repeat(64),
        ...urls,
      }),
    )
  const superuser = (): string => {
    const url = new URL(inject('adminUrl'))
    url.pathname = new URL(database.appUrl).pathname
    return url.href
  }

  it('starts with the two logins that row level security binds', async () => {
    const context = await start({ DATABASE_URL: database.appUrl, DATABASE_CONTROL_URL: database.controlUrl })
    await expect(context.pingDatabase()).resolves.toBeUndefined()
    await context.close()
  })

  it.each([
    ['a superuser', superuser, /row level security does not bind/],
    ['a login with BYPASSRLS', () => database.backupUrl, /row level security does not bind/],
    ['the owner of the tables', () => database.ownerUrl, /owns app\./],
  ])('refuses to start as %s', async (_who, url, message) => {
    await expect(start({ DATABASE_URL: url(), DATABASE_CONTROL_URL: database.controlUrl })).rejects.toThrow(
      message,
    )
    await expect(start({ DATABASE_URL: database.appUrl, DATABASE_CONTROL_URL: url() })).rejects.toThrow(
      message,
    )
  })

  it('refuses to start as a member of the owner', async () => {
    const login = `chronos_member_${process.pid}_${Date.now()}`
    await database.admin.query(`create role ${login} login password 'only-for-tests' in role chronos_owner`)
    try {
      const name = database.admin.escapeIdentifier(new URL(database.appUrl).pathname.slice(1))
      await database.admin.query(`grant connect on database ${name} to ${login}`)
      const url = new URL(database.appUrl)
      url.username = login
      await expect(
        start({ DATABASE_URL: url.href, DATABASE_CONTROL_URL: database.controlUrl }),
      ).rejects.toThrow(/owns app\./)
      await database.admin.query(`revoke connect on database ${name} from ${login}`)
    } finally {
      await database.admin.query(`drop role ${login}`)
    }
  })
})
