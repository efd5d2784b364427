import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
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
    ['drop index app.tags_name', /drops an index/],
    ['drop index concurrently if exists app.tags_name', /drops an index/],
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

describe('what is new', () => {
  it('is new from its statement on: a table renamed, and another made under its name, was there before', () => {
    const file = 'backend/migrations/0130_message_months.sql'
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    const lines = text.split('\n')
    const found = phaseViolations([{ file, text }]).map(({ line }) => lines[line - 1])
    for (const statement of [
      'drop index app.whatsapp_messages_wamid;',
      'drop index app.whatsapp_messages_reply;',
      'alter table app.whatsapp_messages rename to whatsapp_messages_before;',
      'revoke all on app.whatsapp_messages_before from chronos_app;',
    ])
      expect(found).toContain(statement)
  })

  it('is under its new name too, and so are its indexes', () => {
    expect(
      problems(
        'create table app.goals (a int)\n--;;\ncreate unique index goals_a on app.goals (a)',
        'drop index app.goals_a\n--;;\nalter table app.goals rename to wishes\n--;;\nalter table app.wishes drop column a',
      ),
    ).toEqual([])
    const index = 'create unique index concurrently tags_b on app.tags (b)'
    expect(problems(index, 'drop index app.tags_b')).toEqual([])
    expect(problems(index, 'drop index app.tags_b, app.tags_c')).toHaveLength(1)
    expect(problems('drop index app.tags_b', index)).toEqual([
      expect.stringMatching(/^0\.sql:1 drops an index/),
    ])
    expect(
      problems(
        'create table app.goals (a int)\n--;;\nalter table app.goals rename to wishes\n--;;\ndrop table app.goals',
      ),
    ).toEqual([expect.stringMatching(/^0\.sql:5 drops/)])
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
