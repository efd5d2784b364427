/** What a cluster needs of every migration and statement, by their text: the catalogue of backend/test/schema has the rest. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { checkSql } from './lint-sql.ts'
import { migrationFiles } from './source-files.ts'

const migrations = migrationFiles(ROOT)
  .map((file) => readFileSync(path.join(ROOT, file), 'utf8'))
  .join('\n')
const named = (pattern: RegExp): Set<string> =>
  new Set([...migrations.matchAll(pattern)].map(([, table = '']) => table))

it('every tenant table that a migration makes is spread over the cluster by one', () => {
  const made = named(/^\s*create table (?:if not exists )?(app\.\w+)(?!\s+partition of)\b/gim)
  const distributed = named(/app\.distribute\('(app\.\w+)'\)/g)
  expect(made.size).toBeGreaterThan(20)
  expect([...made].filter((table) => !distributed.has(table))).toEqual([])
})

describe('a statement that joins tenant tables', () => {
  const rules = (sql: string): string[] =>
    checkSql('x.ts', `const text = \`${sql}\``).map(({ message }) => message)

  it('names the tenant of each', () => {
    expect(
      rules(
        'select 1 from app.accounts a join app.transactions t on t.account_id = a.id where a.tenant_id = $1',
      ),
    ).toEqual([expect.stringContaining('every table of schema app that is joined names its tenant_id')])
    expect(
      rules(
        'select 1 from app.accounts a join app.transactions t on t.tenant_id = $1 and t.account_id = a.id where a.tenant_id = $1',
      ),
    ).toEqual([])
    expect(
      rules(
        'select 1 from app.accounts a join app.transactions t using (tenant_id, id) where tenant_id = $1',
      ),
    ).toEqual([])
  })
})
