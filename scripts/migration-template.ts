// What `make db-migrate-dev NAME=…` writes: a tenant table with all that such a table must have. Pure.

/** Types of columns that the model knows (backend/prisma/print-schema.ts) and an index can use under row security. */
const TYPES: Readonly<Record<string, string>> = {
  text: 'text',
  uuid: 'uuid',
  bigint: 'bigint',
  integer: 'integer',
  smallint: 'smallint',
  boolean: 'boolean',
  date: 'date',
  timestamptz: 'timestamptz',
  jsonb: 'jsonb',
  bytea: 'bytea',
}
const OWN = new Set(['tenant_id', 'id', 'created_at', 'updated_at', 'version'])

/**
 * `Savings goals` as `savings_goals`: the table, and the end of the file's name.
 * @throws Error saying what a name looks like
 */
export function tableName(name: string): string {
  const table = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  if (!/^[a-z][a-z0-9_]{1,50}$/.test(table) || /_\d+$/.test(table))
    throw new Error(
      `NAME is the new table in the plural, such as savings_goals (letters and _, no number at its end); not "${name}".`,
    )
  return table
}

/** The number after the highest there is, in four digits. */
export function nextNumber(files: readonly string[]): string {
  const numbers = files.map((file) => Number(/^(\d{4})_/.exec(file)?.[1] ?? 0))
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0')
}

/**
 * `name:text paid_on:date?` as lines of a table; `?` lets a column be null.
 * @throws Error naming the column that is not understood
 */
function columnLines(columns: string): string[] {
  const seen = new Set(OWN)
  return columns
    .split(/[\s,]+/)
    .filter((column) => column !== '')
    .map((column) => {
      const [, name = '', type = '', optional] = /^([a-z][a-z0-9_]*):([a-z]+)(\?)?$/.exec(column) ?? []
      const sqlType = TYPES[type]
      if (name === '' || sqlType === undefined)
        throw new Error(
          `COLUMNS has "${column}": a column is name:type, with ? where it may be null; types are ${Object.keys(TYPES).join(', ')}.`,
        )
      if (seen.has(name)) throw new Error(`COLUMNS has "${name}", which the table has already.`)
      seen.add(name)
      return `  ${name} ${sqlType}${optional === undefined ? ' not null' : ''},`
    })
}

/** @throws Error naming the column that is not understood */
export function migrationText(table: string, columns: string): string {
  return `-- ${table}: what a row is, and what always holds of it.

create table app.${table} (
  tenant_id uuid not null,
  id uuid not null,
${columnLines(columns)
  .map((line) => `${line}\n`)
  .join('')}  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null default 1,
  constraint ${table}_pkey primary key (tenant_id, id)
);
--;;
-- Before any key or index: on a cluster they are made where the rows are.
select app.distribute('app.${table}');
--;;
create index ${table}_newest on app.${table} (tenant_id, created_at desc, id desc);
--;;
-- Row level security, its policy, and the grants.
select app.protect('app.${table}');
--;;
select app.audited('app.${table}', 'id', '');
`
}
