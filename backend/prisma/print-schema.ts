/**
 * `make db-schema`: prints schema.prisma from the catalogue of a freshly migrated database, so that nobody writes by
 * hand what the migrations say already. backend/test/schema.test.ts compares the two.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { startTestCluster } from '../../scripts/test-cluster.ts'
import { migrate } from '../src/platform/migrate.ts'
import { ensureRoles } from '../src/platform/roles.ts'
import { urlsFor } from '../test/database.ts'
import { catalogueFacts } from '../test/schema/prisma-model.ts'

const FILE = path.join(import.meta.dirname, 'schema.prisma')
const STUB = path.join(import.meta.dirname, '..', '..', 'scripts', 'prisma-engine-stub')

const TYPES: Readonly<Record<string, string>> = {
  text: 'String',
  uuid: 'String @db.Uuid',
  bigint: 'BigInt',
  integer: 'Int',
  smallint: 'Int @db.SmallInt',
  boolean: 'Boolean',
  date: 'DateTime @db.Date',
  'timestamp with time zone': 'DateTime @db.Timestamptz(6)',
  jsonb: 'Json',
  bytea: 'Bytes',
}

interface Table {
  name: string
  model: string
  columns: string[]
  relations: string[]
  backs: string[]
  blocks: string[]
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())
const singular = (name: string): string =>
  name.endsWith('ies') ? `${name.slice(0, -3)}y` : name.replace(/s$/, '')
const modelOf = (table: string): string => {
  const name = camel(singular(table.split('.')[1] ?? table))
  return name.charAt(0).toUpperCase() + name.slice(1)
}
const fieldsOf = (columns: string): string =>
  columns
    .split(', ')
    .map((part) => camel(part.replace(' desc', '')) + (part.endsWith(' desc') ? '(sort: Desc)' : ''))
    .join(', ')

/** @param facts as `catalogueFacts` tells them; each begins with `schema.table` */
function schemaOf(facts: ReadonlySet<string>): string {
  const tables = new Map<string, Table>()
  const tableOf = (name: string): Table => {
    const known = tables.get(name)
    if (known) return known
    const made = { name, model: modelOf(name), columns: [], relations: [], backs: [], blocks: [] }
    tables.set(name, made)
    return made
  }
  const nullable = new Map<string, boolean>()
  const relations: string[] = []
  for (const fact of facts) {
    const [, name = '', rest = ''] = /^(\S+) (.*)$/s.exec(fact) ?? []
    const table = tableOf(name)
    const column = /^column (\S+) (.+?) (not null|null)(?: default (.+))?$/.exec(rest)
    const key = /^(primary key|unique|index) (\S+) \((.+?)\)(?: where (.+))?$/.exec(rest)
    if (column) {
      const [, at = '', type = '', nullness, value] = column
      const prisma = TYPES[type]
      if (prisma === undefined) throw new Error(`${name}.${at}: no Prisma type is known for ${type}`)
      const [base = '', native = ''] = prisma.split(' ')
      nullable.set(`${name}.${at}`, nullness === 'null')
      const map = camel(at) === at ? '' : ` @map("${at}")`
      const given = value === undefined ? '' : ` @default(${value})`
      table.columns.push(
        `${camel(at)} ${base}${nullness === 'null' ? '?' : ''}${given}${map} ${native}`.trimEnd(),
      )
    } else if (key) {
      const [, kind = '', index = '', columns = '', where] = key
      if (where !== undefined) {
        const unique = kind === 'unique' ? 'unique ' : ''
        table.blocks.push(
          `// Partial, and so beyond this model: ${unique}${index} (${fieldsOf(columns)}) where ${where}`,
        )
      } else {
        const block = kind === 'primary key' ? 'id' : kind
        table.blocks.push(`@@${block}([${fieldsOf(columns)}], map: "${index}")`)
      }
    } else if (rest.startsWith('foreign key ')) relations.push(fact)
    else throw new Error(`No part of schema.prisma says: ${fact}`)
  }
  for (const fact of relations.sort()) {
    const [, name = '', key = '', columns = '', other = '', others = '', cascade] =
      /^(\S+) foreign key (\S+) \((.+?)\) references (\S+) \((.+?)\)( on delete cascade)?$/.exec(fact) ?? []
    const table = tableOf(name)
    const label = key.replace(`${name.split('.')[1]}_`, '')
    const optional = columns.split(', ').some((at) => nullable.get(`${name}.${at}`))
    table.relations.push(
      `${camel(label)} ${modelOf(other)}${optional ? '?' : ''} @relation("${key}", fields: [${fieldsOf(columns)}], references: [${fieldsOf(others)}], onDelete: ${cascade ? 'Cascade' : 'NoAction'}, onUpdate: NoAction, map: "${key}")`,
    )
    tableOf(other).backs.push(`${camel(key)} ${table.model}[] @relation("${key}")`)
  }
  return [...tables.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, model, columns, relations: own, backs, blocks }) => {
      const [schema, table] = name.split('.')
      const lines = [...columns, ...own, ...backs.sort()]
      return `model ${model} {\n${lines.join('\n')}\n\n${blocks.sort().join('\n')}\n@@map("${table}")\n@@schema("${schema}")\n}\n`
    })
    .join('\n')
}

const cluster = await startTestCluster()
try {
  const urls = urlsFor(cluster.adminUrl, 'chronos_schema')
  await ensureRoles(cluster.adminUrl, urls)
  await migrate(urls.ownerUrl)
  const client = new pg.Client({ connectionString: urls.ownerUrl })
  await client.connect()
  const facts = await catalogueFacts(client)
  await client.end()
  const head = readFileSync(FILE, 'utf8').split(/^model /m)[0] ?? ''
  writeFileSync(FILE, head + schemaOf(facts))
} finally {
  await cluster.stop()
}
const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: STUB }
for (const command of ['format', 'generate'])
  execFileSync('prisma', [command], { cwd: path.join(import.meta.dirname, '..'), env, stdio: 'ignore' })
console.log('backend/prisma/schema.prisma is what the migrations say; the client is made anew.')
