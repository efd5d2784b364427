import { describe, expect, it } from 'vitest'
import { checkSql } from './lint-sql.ts'
import { migrationText, nextNumber, tableName } from './migration-template.ts'

describe('the template of a migration', () => {
  it('passes the lint of migrations and has policy, grants, audit and distribution, in the order a cluster needs', () => {
    const text = migrationText('savings_goals', 'name:text target_minor:bigint, due_on:date?')
    expect(checkSql('backend/migrations/0099_savings_goals.sql', text)).toEqual([])
    expect(text).toMatch(/^ {2}target_minor bigint not null,$/m)
    expect(text).toMatch(/^ {2}due_on date,$/m)
    const parts = ['create table', 'app.distribute', 'create index', 'app.protect', 'app.audited']
    const places = parts.map((part) => text.indexOf(part))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it.each([
    ['name', /is name:type/],
    ['price:numeric', /types are text, uuid/],
    ['id:uuid', /has "id", which the table has already/],
    ['name:text name:text', /has "name"/],
    ['name:text;drop', /is name:type/],
  ])('refuses the columns %s', (columns, message) => {
    expect(() => migrationText('savings_goals', columns)).toThrow(message)
  })

  it.each(['', 'x', '2goals', 'goals; drop', 'goals_2', 'metas_é'])('refuses the name "%s"', (name) => {
    expect(() => tableName(name)).toThrow(/NAME is the new table/)
  })

  it('takes a name as people write it, and the next number', () => {
    expect(tableName('Savings goals')).toBe('savings_goals')
    expect(nextNumber(['0009_job_queue.ts', '0075_backup_runs.sql', 'README.md'])).toBe('0076')
    expect(nextNumber([])).toBe('0001')
  })
})
