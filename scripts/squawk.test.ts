import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrationText } from './migration-template.ts'
import { squawk } from './squawk.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos-squawk-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function said(sql: string): string {
  const file = path.join(folder, '0099_x.sql')
  writeFileSync(file, sql)
  return squawk([file])
}

describe('squawk', () => {
  it.each([
    [
      'alter table app.tags add constraint tags_name check (name is not null);\n',
      /constraint-missing-not-valid/,
    ],
    ['alter table app.tags alter column name set not null;\n', /adding-not-nullable-field/],
    ['alter table app.tags rename to labels;\n', /renaming-table/],
    ['alter table app.tags alter column name type varchar(9);\n', /changing-column-type/],
  ])('names what locks or breaks: %s', (sql, rule) => {
    expect(said(sql)).toMatch(rule)
  })

  it('has nothing against the template of a migration', () => {
    expect(said(migrationText('savings_goals', 'name:text target_minor:bigint due_on:date?'))).toBe('')
    expect(squawk([])).toBe('')
  })
})
