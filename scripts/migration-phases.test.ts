import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lastRelease, phaseViolations, unreleasedMigrations } from './migration-phases.ts'
import { migrationText } from './migration-template.ts'

const problems = (...texts: string[]): string[] =>
  phaseViolations(texts.map((text, index) => ({ file: `${index}.sql`, text }))).map(
    ({ file, line, message }) => `${file}:${line} ${message}`,
  )

describe('a migration after a release', () => {
  it.each([
    ['drop table app.tags', /drops/],
    ['alter table app.tags drop column name', /drops/],
    ['alter table app.tags drop name', /drops a column/],
    ['drop function app.enter(uuid)', /drops/],
    ['alter table app.tags rename to labels', /renames/],
    ['alter table app.tags rename column name to label', /renames/],
    ['alter table app.tags alter column name set not null', /demands a value/],
    ['alter table app.tags alter name set data type varchar(9)', /changes a type/],
    ['alter table app.tags alter column name type varchar(9)', /changes a type/],
    ['alter table app.tags add column colour text not null', /must have a value/],
    ['alter table app.tags add colour text not null', /must have a value/],
    ['revoke update on app.tags from chronos_app', /takes a right away/],
  ])('takes nothing away: %s', (sql, problem) => {
    expect(problems(sql)).toEqual([expect.stringMatching(problem)])
    expect(problems(`-- contract: unused since v1.4.0\n${sql}`)).toEqual([])
    expect(problems(`-- contract:\n${sql}`)).toHaveLength(1)
  })

  it.each([
    'alter table app.tags add column colour text',
    "alter table app.tags add column colour text not null default 'grey'",
    'alter table app.tags alter column name drop not null',
    'alter table app.tags drop constraint tags_kind',
    'alter table app.tags add constraint tags_kind check (kind is not null) not valid',
    'create index tags_newest on app.tags (tenant_id, created_at)',
    'create function f() returns void language plpgsql as $$ begin drop table app.tags; end $$',
    '-- drop table app.tags, one day\nselect 1 from app.tags',
    migrationText('savings_goals', 'name:text'),
  ])('may add: %s', (sql) => {
    expect(problems(sql)).toEqual([])
  })

  it('may change what no release knows, and is named by its line', () => {
    const made = 'create table app.goals (tenant_id uuid)\n--;;\nalter table app.goals drop column old'
    expect(problems(made, 'alter table app.goals rename to wishes')).toEqual([])
    expect(problems('select 1\n--;;\n\n-- why\ndrop table app.tags')).toEqual([
      expect.stringMatching(/^0\.sql:4 drops/),
    ])
  })
})

describe('what a release has', () => {
  let folder: string
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com']
    spawnSync('git', [...who, ...args], { cwd: folder })
  }
  const write = (name: string, text: string): void => {
    writeFileSync(path.join(folder, 'backend', 'migrations', name), text)
    git('add', '--all')
    git('commit', '--quiet', '--message', name)
  }

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'chronos-phases-'))
    mkdirSync(path.join(folder, 'backend', 'migrations'), { recursive: true })
    git('init', '--quiet')
    write('0001_one.sql', 'drop table app.old')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('is not looked at again, and before the first one nothing is', () => {
    expect(unreleasedMigrations(folder)).toEqual([])
    git('tag', 'v1.0.0')
    git('tag', 'v1.10.0')
    git('tag', 'v1.9.0')
    write('0002_two.sql', 'drop table app.tags')
    expect(lastRelease(folder)).toBe('v1.10.0')
    const found = unreleasedMigrations(folder)
    expect(found.map(({ file }) => file)).toEqual(['backend/migrations/0002_two.sql'])
    expect(phaseViolations(found)).toHaveLength(1)
  })
})
