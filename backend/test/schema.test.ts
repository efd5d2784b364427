/**
 * The database's own promise, read from its catalogue: every table is a tenant's, and kept apart, or stands in one
 * short list with its reason; and schema.prisma says the same as the migrations, both ways.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { CONTROL_PLANE_TABLES } from '../src/platform/control-plane-tables.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { ACCESS_RULES } from './schema/access-rules.ts'
import { PLANTED } from './schema/planted.ts'
import { TABLE_RULES } from './schema/table-rules.ts'
import { findViolations } from './schema/violations.ts'
import { catalogueFacts, differences, modelFacts } from './schema/prisma-model.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('adminUrl'))
  await database.admin.query('set jit = off')
})
afterAll(() => database.drop())

describe('every object of every schema', () => {
  it('keeps to the rules', async () => {
    expect(await findViolations(database.admin)).toEqual([])
  })
})

describe("the list of tables that are no tenant's", () => {
  it('is printed in the architecture', async () => {
    const text = await readFile(path.join(import.meta.dirname, '../../docs/architecture.md'), 'utf8')
    const printed = text.split('\n').filter((line) => /^- `(control|pgboss)\./.test(line))
    expect(printed).toEqual(CONTROL_PLANE_TABLES.map(({ table, reason }) => `- \`${table}\`: ${reason}`))
  })
})

describe('schema.prisma and the database', () => {
  const file = path.join(import.meta.dirname, '../prisma/schema.prisma')
  let model: string

  beforeAll(async () => {
    model = await readFile(file, 'utf8')
  })

  /** What the comparison says after a change to one of the two sides. */
  async function after(
    statements: readonly string[],
    edit: (text: string) => string = (text) => text,
  ): Promise<string[]> {
    const edited = edit(model)
    if (statements.length === 0) expect(edited).not.toBe(model)
    await database.admin.query('begin')
    try {
      for (const statement of statements) await database.admin.query(statement)
      return differences(modelFacts(edited), await catalogueFacts(database.admin))
    } finally {
      await database.admin.query('rollback')
    }
  }

  it('say the same, both ways', async () => {
    expect(differences(modelFacts(model), await catalogueFacts(database.admin))).toEqual([])
  })

  it.each([
    [
      'a column',
      'alter table app.tags add column planted text',
      'only in the database: app.tags column planted text null',
    ],
    [
      'a dropped column',
      'alter table app.tags drop column created_at',
      'only in schema.prisma: app.tags column created_at timestamp with time zone not null',
    ],
    [
      'another type',
      'alter table app.tags alter column name type varchar(40)',
      'only in the database: app.tags column name character varying(40) not null',
    ],
    [
      'a nullable column',
      'alter table app.tags alter column name drop not null',
      'only in the database: app.tags column name text null',
    ],
    [
      'another default',
      'alter table app.accounts alter column version set default 2',
      'only in the database: app.accounts column version integer not null default 2',
    ],
    [
      'another table',
      'create table control.planted (id uuid primary key)',
      'only in the database: control.planted primary key planted_pkey (id)',
    ],
    [
      'another primary key',
      'alter table app.tags drop constraint tags_pkey cascade',
      'only in schema.prisma: app.tags primary key tags_pkey (tenant_id, id)',
    ],
    [
      'an index',
      'create index planted on app.tags (tenant_id, created_at desc)',
      'only in the database: app.tags index planted (tenant_id, created_at desc)',
    ],
    [
      'a dropped unique key',
      'drop index app.tags_name',
      'only in schema.prisma: app.tags unique tags_name (tenant_id, name_key)',
    ],
    [
      'a partial index',
      'create index planted on app.tags (tenant_id) where name is not null',
      'only in the database: app.tags index planted (tenant_id) where (name IS NOT NULL)',
    ],
    [
      'a dropped partial index',
      'drop index app.categories_key',
      'only in schema.prisma: app.categories unique categories_key (tenant_id, key) where (key IS NOT NULL)',
    ],
    [
      'a foreign key',
      'alter table app.tags add constraint planted foreign key (tenant_id) references app.tenants (tenant_id) on delete cascade',
      'only in the database: app.tags foreign key planted (tenant_id) references app.tenants (tenant_id) on delete cascade',
    ],
    [
      'a dropped foreign key',
      'alter table app.budgets drop constraint budgets_category',
      'only in schema.prisma: app.budgets foreign key budgets_category (tenant_id, category_id) references app.categories (tenant_id, id)',
    ],
    [
      'another collation',
      'alter table app.tags alter column name type text collate "C"',
      'only in the database: app.tags column name text collate "C" not null',
    ],
  ])('differ by %s in the database', async (_what, statement, difference) => {
    expect(await after([statement])).toContain(difference)
  })

  it.each<[string, string | RegExp, string, string]>([
    [
      'a field',
      /(?=  nameKey\s+String)/,
      '  other String\n',
      'only in schema.prisma: app.payees column other text not null',
    ],
    [
      'a missing model',
      /\nmodel IdempotencyKey \{[^}]*\}\n/,
      '',
      'only in the database: app.idempotency_keys column key text not null',
    ],
    [
      'a missing index',
      /.*transaction_lines_of_category.*\n/,
      '',
      'only in the database: app.transaction_lines index transaction_lines_of_category (tenant_id, category_id, occurred_on desc, transaction_id desc)',
    ],
    [
      'an optional field',
      /(sizeBytes\s+BigInt)(?=\s)/,
      '$1?',
      'only in schema.prisma: app.imports column size_bytes bigint null',
    ],
    [
      'another native type',
      /(day\s+DateTime\s+)@db.Date/,
      '$1@db.Timestamptz(6)',
      'only in schema.prisma: app.account_days column day timestamp with time zone not null',
    ],
    [
      'another rule of deletion',
      /(?<=budgets_category".*)onDelete: NoAction/,
      'onDelete: Cascade',
      'only in schema.prisma: app.budgets foreign key budgets_category (tenant_id, category_id) references app.categories (tenant_id, id) on delete cascade',
    ],
  ])('differ by %s in schema.prisma', async (_what, search, replacement, difference) => {
    expect(await after([], (text) => text.replace(search, replacement))).toContain(difference)
  })

  it('are not compared over a line of schema.prisma that the comparison does not understand', () => {
    expect(() =>
      modelFacts(model.replace('  @@map("tags")', '  @@map("tags")\n  @@fulltext([name])')),
    ).toThrow(/@@fulltext/)
  })
})

describe('the rules', () => {
  let found: string[]

  beforeAll(async () => {
    await database.admin.query('begin')
    try {
      for (const { statements } of Object.values(PLANTED)) {
        for (const statement of statements) await database.admin.query(statement)
      }
      found = await findViolations(database.admin)
    } finally {
      await database.admin.query('rollback')
    }
  })

  it.each(Object.keys(PLANTED))('find %s', (name) => {
    for (const expected of PLANTED[name]?.found ?? []) {
      expect(
        found.filter((violation) => violation.startsWith(expected)),
        expected,
      ).not.toEqual([])
    }
  })

  it('are each broken by something planted, and find nothing that was not', () => {
    const expected = Object.values(PLANTED).flatMap((planted) => planted.found)
    expect(
      found.filter((violation) => !expected.some((beginning) => violation.startsWith(beginning))),
    ).toEqual([])
    const silent = [...TABLE_RULES, ...ACCESS_RULES].filter(
      ({ problem }) => !found.some((each) => each.endsWith(problem)),
    )
    // A login cannot be dropped while it owns or may do anything, not even in a transaction.
    expect(silent.map(({ problem }) => problem)).toEqual(['the login does not exist'])
  })
})
