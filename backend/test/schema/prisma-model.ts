/**
 * schema.prisma and the database's catalogue, each turned into the same plain sentences about columns, keys and
 * indexes, so that what one says and the other does not can be read. A line of schema.prisma that is not understood
 * is an error: nothing passes unread. CHECKs, policies and triggers are beyond Prisma's language; partial indexes
 * stand in it as comments of one form, and are compared too.
 */
import type pg from 'pg'

const TYPES: Readonly<Record<string, string>> = {
  String: 'text',
  'String @db.Uuid': 'uuid',
  BigInt: 'bigint',
  Int: 'integer',
  'Int @db.SmallInt': 'smallint',
  Boolean: 'boolean',
  'DateTime @db.Date': 'date',
  'DateTime @db.Timestamptz(6)': 'timestamp with time zone',
  Json: 'jsonb',
  Bytes: 'bytea',
}

interface Model {
  table: string
  /** Lines between the braces. */
  lines: string[]
  /** Column by field. */
  columns: Map<string, string>
}

const FIELD = /^(\w+)\s+(\w+)(\?|\[\])?(?:\s+(.*))?$/
const BLOCK = /^@@(id|unique|index)\(\[(.+)\], map: "(\w+)"\)$/
const PARTIAL = /^\/\/ Partial, and so beyond this model: (unique )?(\w+) \((.+)\) where (.+)$/
const RELATION =
  /^@relation\("\w+", fields: \[(.+)\], references: \[(.+)\], onDelete: (NoAction|Cascade), onUpdate: NoAction, map: "(\w+)"\)$/

function modelsOf(text: string): Map<string, Model> {
  const models = new Map<string, Model>()
  for (const [, name = '', body = ''] of text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const lines = body
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const schema = /@@schema\("(\w+)"\)/.exec(body)?.[1]
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1]
    if (schema === undefined || table === undefined) throw new Error(`model ${name} has no @@map or @@schema`)
    models.set(name, { table: `${schema}.${table}`, lines, columns: new Map() })
  }
  for (const { lines, columns } of models.values()) {
    for (const line of lines) {
      const [, field, type, , attributes = ''] = FIELD.exec(line) ?? []
      if (field === undefined || type === undefined || models.has(type)) continue
      columns.set(field, /@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field)
    }
  }
  return models
}

/** @throws Error that names a line that is not understood */
export function modelFacts(text: string): Set<string> {
  const models = modelsOf(text)
  const facts = new Set<string>()
  for (const model of models.values()) {
    for (const line of model.lines) {
      const fact = factOf(line, model, models)
      if (fact === undefined) throw new Error(`${model.table}: not understood in schema.prisma: ${line}`)
      if (fact !== null) facts.add(`${model.table} ${fact}`)
    }
  }
  return facts
}

/** @returns null for a line that says nothing of the database, undefined for one that is not understood */
function factOf(line: string, model: Model, models: ReadonlyMap<string, Model>): string | null | undefined {
  if (/^@@(map|schema)\("\w+"\)$/.test(line)) return null
  const block = BLOCK.exec(line)
  if (block) {
    const [, kind, fields = '', name] = block
    return `${kind === 'id' ? 'primary key' : kind} ${name} (${columnsOf(fields, model)})`
  }
  const partial = PARTIAL.exec(line)
  if (partial) {
    const [, unique, name, fields = '', predicate] = partial
    return `${unique === undefined ? 'index' : 'unique'} ${name} (${columnsOf(fields, model)}) where ${predicate}`
  }
  const [, field, type, mark, attributes = ''] = FIELD.exec(line) ?? []
  if (field === undefined || type === undefined) return undefined
  const other = models.get(type)
  return other ? relationOf(attributes, mark, model, other) : columnOf(field, type, mark, attributes, model)
}

function columnOf(
  field: string,
  type: string,
  mark: string | undefined,
  attributes: string,
  model: Model,
): string | undefined {
  const native = /@db\.\w+(\(\d+\))?/.exec(attributes)?.[0]
  const value = /@default\((\w+)\)/.exec(attributes)?.[1]
  const rest = attributes.replace(/@db\.\w+(\(\d+\))?|@default\(\w+\)|@map\("\w+"\)/g, '').trim()
  const sqlType = TYPES[native === undefined ? type : `${type} ${native}`]
  if (sqlType === undefined || rest !== '' || mark === '[]') return undefined
  const nullness = mark === '?' ? 'null' : 'not null'
  return `column ${model.columns.get(field)} ${sqlType} ${nullness}${value === undefined ? '' : ` default ${value}`}`
}

function relationOf(
  attributes: string,
  mark: string | undefined,
  model: Model,
  other: Model,
): string | null | undefined {
  if (mark === '[]' && /^@relation\("\w+"\)$/.test(attributes)) return null
  const relation = RELATION.exec(attributes)
  if (!relation) return undefined
  const [, fields = '', references = '', onDelete, name] = relation
  const cascade = onDelete === 'Cascade' ? ' on delete cascade' : ''
  return `foreign key ${name} (${columnsOf(fields, model)}) references ${other.table} (${columnsOf(references, other)})${cascade}`
}

/** `tenantId, day(sort: Desc)` as `tenant_id, day desc`. */
function columnsOf(fields: string, model: Model): string {
  return fields
    .split(', ')
    .map((part) => {
      const [, field = '', order] = /^(\w+)(\(sort: Desc\))?$/.exec(part) ?? []
      const column = model.columns.get(field)
      if (column === undefined) throw new Error(`${model.table}: schema.prisma has no field ${part}`)
      return order === undefined ? column : `${column} desc`
    })
    .join(', ')
}

const TABLES = `(select c.oid, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('app', 'control') and c.relkind in ('r', 'p') and not c.relispartition and n.nspname || '.' || c.relname <> 'control.migrations')`

const names = (numbers: string, table: string): string =>
  `(select string_agg(a.attname::text, ', ' order by k.position) from unnest(${numbers}) with ordinality k (number, position)
    join pg_attribute a on a.attrelid = ${table} and a.attnum = k.number)`

const CATALOGUE = `select fact from (
  select t.name, a.attnum::int as position, t.name || ' column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attcollation <> y.typcollation then ' collate "' || l.collname || '"' else '' end
    || case when a.attnotnull then ' not null' else ' null' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as fact
  from ${TABLES} t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_type y on y.oid = a.atttypid left join pg_collation l on l.oid = a.attcollation
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select t.name, 0, t.name || case when i.indisprimary then ' primary key ' when i.indisunique then ' unique ' else ' index ' end || x.relname
    || ' (' || (select string_agg(replace(pg_get_indexdef(i.indexrelid, k::int, true), '"', '') || case when (i.indoption[k - 1] & 1) = 1 then ' desc' else '' end, ', ' order by k)
      from generate_series(1, i.indnkeyatts) k) || ')'
    || case when i.indnatts > i.indnkeyatts then ' including others' else '' end
    || coalesce(' where ' || pg_get_expr(i.indpred, i.indrelid), '')
  from ${TABLES} t join pg_index i on i.indrelid = t.oid join pg_class x on x.oid = i.indexrelid
  union all
  select t.name, 0, t.name || ' foreign key ' || con.conname || ' (' || ${names('con.conkey', 'con.conrelid')} || ') references '
    || (select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = con.confrelid)
    || ' (' || ${names('con.confkey', 'con.confrelid')} || ')'
    || case con.confdeltype when 'a' then '' when 'c' then ' on delete cascade' else ' on delete ' || con.confdeltype::text end
    || case con.confupdtype when 'a' then '' else ' on update ' || con.confupdtype::text end
  from ${TABLES} t join pg_constraint con on con.conrelid = t.oid and con.contype = 'f' and con.conparentid = 0) facts
  order by name collate "C", position, fact collate "C"`

/** Sentences in the order of tables and their columns. */
export async function catalogueFacts(client: pg.Client): Promise<Set<string>> {
  const { rows } = await client.query<{ fact: string }>(CATALOGUE)
  return new Set(rows.map(({ fact }) => fact))
}

/** What one side says and the other does not. */
export function differences(model: ReadonlySet<string>, catalogue: ReadonlySet<string>): string[] {
  return [
    ...[...model].filter((fact) => !catalogue.has(fact)).map((fact) => `only in schema.prisma: ${fact}`),
    ...[...catalogue].filter((fact) => !model.has(fact)).map((fact) => `only in the database: ${fact}`),
  ].sort()
}
