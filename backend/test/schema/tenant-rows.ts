/**
 * A row in every tenant table, made from the catalogue: a new table is covered on the day of its migration. Values
 * come from types, foreign keys (every one is filled, from the row it refers to) and the CHECKs that list texts.
 */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'

export interface ForeignKey {
  name: string
  columns: string[]
  refers: string
  referred: string[]
}

export interface TenantTable {
  name: string
  columns: { name: string; type: string; isKey: boolean }[]
  foreignKeys: ForeignKey[]
  /** By column, what its CHECK takes. */
  allowed: Record<string, string>
}

export type Row = Record<string, unknown>

/** The tenant tables, each after those that it refers to. */
export async function tenantTables(admin: pg.Client): Promise<TenantTable[]> {
  const { rows } = await admin.query<Omit<TenantTable, 'allowed'> & { checks: string[] }>(`
    select 'app.' || c.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, null), 'isKey',
          exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey))) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select coalesce(json_agg(json_build_object('name', k.conname, 'refers', 'app.' || r.relname,
          'columns', (select json_agg(a.attname order by n.position) from unnest(k.conkey) with ordinality n (number, position)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.number),
          'referred', (select json_agg(a.attname order by n.position) from unnest(k.confkey) with ordinality n (number, position)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.number))), '[]')
        from pg_constraint k join pg_class r on r.oid = k.confrelid where k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0) as "foreignKeys",
      array(select pg_get_constraintdef(k.oid) from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks
    from pg_class c where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`)
  const waiting = rows.map(({ checks, ...table }) => ({ ...table, allowed: allowedBy(checks) }))
  const sorted: TenantTable[] = []
  while (waiting.length > 0) {
    const isMade = ({ refers }: ForeignKey, table: TenantTable): boolean =>
      refers === table.name || sorted.some(({ name }) => name === refers)
    const next = waiting.findIndex((table) => table.foreignKeys.every((key) => isMade(key, table)))
    if (next === -1)
      throw new Error(`tables refer to each other in a ring: ${waiting.map(({ name }) => name).join(', ')}`)
    sorted.push(...waiting.splice(next, 1))
  }
  return sorted
}

function allowedBy(checks: readonly string[]): Record<string, string> {
  const allowed: Record<string, string> = {}
  for (const check of checks) {
    const listed = /\((\w+) = ANY \(ARRAY\['([^']+)'/.exec(check)
    if (listed?.[1] !== undefined && listed[2] !== undefined) allowed[listed[1]] = listed[2]
    const currency = /\((\w+) ~ '\^\[A-Z\]\{3\}\$'/.exec(check)
    if (currency?.[1] !== undefined) allowed[currency[1]] = 'BRL'
    // The least that a range takes, of a column that may be null too.
    for (const [, column, least] of check.matchAll(/(\w+)(?:, \d+\))? >= (\d+)/g)) {
      if (column !== undefined && least !== undefined) allowed[column] = least
    }
  }
  return allowed
}

const BY_TYPE: Readonly<Record<string, (label: string) => unknown>> = {
  uuid: () => randomUUID(),
  text: (label) => label,
  bigint: () => 1,
  integer: () => 1,
  smallint: () => 1,
  boolean: () => false,
  date: () => '2026-01-01',
  'timestamp with time zone': () => '2026-01-01T00:00:00Z',
  jsonb: () => '{}',
  bytea: () => Buffer.from('x'),
}

function rowFor(table: TenantTable, tenantId: string, made: ReadonlyMap<string, Row>): Row {
  const row: Row = { tenant_id: tenantId }
  for (const { refers, columns, referred } of table.foreignKeys) {
    columns.forEach((column, index) => {
      // A row cannot refer to itself before it is there.
      row[column] ??= refers === table.name ? null : made.get(refers)?.[referred[index] ?? '']
    })
  }
  for (const { name, type } of table.columns) {
    const value = BY_TYPE[type]
    if (!value) throw new Error(`${table.name}.${name}: teach tenant-rows.ts to make a value of type ${type}`)
    row[name] =
      row[name] !== undefined
        ? row[name]
        : (table.allowed[name] ?? repeated(name, table, made) ?? value(`${name} of ${tenantId.slice(-4)}`))
  }
  return row
}

/** Some columns repeat those of the row that is referred to, as a line's account and date. */
function repeated(column: string, table: TenantTable, made: ReadonlyMap<string, Row>): unknown {
  if (column === 'id') return undefined
  return table.foreignKeys
    .map(({ refers }) => made.get(refers)?.[column])
    .find((value) => value !== undefined)
}

/** `insert into … (…) values (…)`, to be followed by anything, and its values. */
export function insertion(table: TenantTable, row: Row): { text: string; values: unknown[] } {
  const columns = table.columns.map(({ name }) => name)
  return {
    text: `insert into ${table.name} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    values: columns.map((column) => row[column]),
  }
}

/**
 * Makes a row of every table as the application, inside the tenant. What only triggers may write is theirs to make.
 * @returns the rows, by table
 */
export async function fillTenant(
  app: pg.Client,
  tables: readonly TenantTable[],
  tenantId: string,
): Promise<Map<string, Row>> {
  const made = new Map<string, Row>()
  for (const table of tables) {
    const row = rowFor(table, tenantId, made)
    const { text, values } = insertion(table, row)
    await app.query('begin')
    await app.query("select app.enter($1, null, 'system', null, null, null, null)", [tenantId])
    try {
      await app.query(`${text} on conflict do nothing`, values)
      await app.query('commit')
    } catch (error) {
      await app.query('rollback')
      if ((error as { code?: unknown }).code !== '42501') {
        throw new Error(`no row could be made for ${table.name}: ${(error as Error).message}`, {
          cause: error,
        })
      }
    }
    made.set(table.name, row)
  }
  await sealRows(app, tenantId)
  return made
}

/** The chain of the audit log, which nobody writes by hand: its rows wait some seconds before they are sealed. */
async function sealRows(app: pg.Client, tenantId: string): Promise<void> {
  for (;;) {
    await app.query('begin')
    await app.query("select app.enter($1, null, 'system', null, null, null, null)", [tenantId])
    const { rows } = await app.query<{ sealed_rows: number }>('select * from app.seal_audit($1, 1000)', [
      tenantId,
    ])
    await app.query('commit')
    if ((rows[0]?.sealed_rows ?? 0) > 0) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
