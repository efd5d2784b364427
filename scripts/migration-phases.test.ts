import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { lastRelease, migrationPhases, phaseViolations } from './migration-phases.ts'
import { migrationText } from './migration-template.ts'

const problems = (...texts: string[]): string[] =>
  phaseViolations(
    texts.map((text, index) => ({ file: `${index}.sql`, text })),
    RELEASED,
  ).map(({ file, line, message }) => `${file}:${line} ${message}`)
/** What the release has, of which a migration takes nothing away. */
const RELEASED = [
  `create table app.tags (
    tenant_id uuid not null, id uuid not null, name text,
    kind text not null constraint tags_kind check (kind in ('a', 'b')),
    constraint tags_pkey primary key (tenant_id, id),
    constraint tags_name unique (tenant_id, name),
    constraint tags_tenant foreign key (tenant_id) references app.tenants (id) on delete cascade)`,
  `create function app.look() returns trigger language plpgsql as $$ begin
    if new.name is null then raise exception 'a tag has a name'; end if; return new; end $$`,
  'create function app.note() returns trigger language plpgsql as $$ begin return new; end $$',
  'create function app.enter(p_tenant uuid, p_user uuid default null) returns void language sql as $$ select 1 $$',
].map((text) => ({ file: 'released.sql', text }))

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
    ['alter table app.tags alter column kind drop default', /leaves to the database/],
    ['alter table app.tags alter id drop identity', /leaves to the database/],
    ['alter table app.tags alter column total drop expression', /leaves to the database/],
    ['alter table app.tags alter id add generated always as identity', /write itself/],
    ['alter table app.tags add column a text, add column b text not null', /must have a value/],
    ['alter table app.tags drop constraint tags_name', /drops a key/],
    ['alter table only app.tags drop constraint if exists tags_pkey cascade', /drops a key/],
    ['alter table app.tags drop constraint tags_kind, drop constraint tags_tenant', /drops a key/],
    ['alter table app.tags drop constraint that_nobody_knows', /drops a key/],
    ['alter table app.tags add constraint tags_short check (length(name) < 9) not valid', /may write/],
    ["alter table app.tags add constraint tags_kind check (kind in ('a'))", /may write/],
    ["alter table app.tags add constraint tags_kind check (kind not in ('a', 'b', 'c'))", /may write/],
    ['alter table app.tags add check (kind is not null)', /may write/],
    ['alter table app.tags add colour text, add check ((colour is null) <> (name is null))', /may write/],
    ['alter table app.tags add constraint tags_one unique (tenant_id, kind)', /may write/],
    ['alter table app.tags add colour text, add unique nulls not distinct (colour)', /may write/],
    ['alter table app.tags add primary key (tenant_id, id)', /may write/],
    ['alter table app.tags add foreign key (name) references app.names (name)', /may write/],
    ['create unique index concurrently tags_one on app.tags (tenant_id, kind)', /may write/],
    ['drop index app.tags_name', /drops an index/],
    ['drop index concurrently if exists app.tags_name', /drops an index/],
    ['alter index app.tags_name rename to tags_label', /renames/],
    ['alter table app.tags rename constraint tags_name to tags_label', /renames/],
    ['alter table app.tags set schema control', /renames/],
    ['alter function app.enter(uuid, uuid) rename to go_in', /renames/],
    ["alter type app.colour rename value 'red' to 'rose'", /renames/],
    ['drop view app.totals', /drops/],
    ['drop materialized view app.totals', /drops/],
    ['drop type app.colour', /drops/],
    ['drop sequence app.numbers', /drops/],
    ['drop schema app cascade', /drops/],
    ['drop role chronos_app', /drops/],
    ['revoke update on app.tags from chronos_app', /takes a right away/],
    ['revoke execute on function app.enter(uuid, uuid) from public', /takes a right away/],
    ['revoke usage on schema app from chronos_control', /takes a right away/],
    ['alter default privileges in schema app revoke select on tables from chronos_app', /a right away/],
    ['alter role chronos_app nologin', /takes a right away/],
    ['drop policy tenant on app.tags', /changes a policy/],
    ['alter policy tenant on app.tags using (false)', /changes a policy/],
    ['create policy own on app.tags as restrictive using (false)', /hides rows/],
    ['alter table app.tags enable row level security', /hides rows/],
    ['alter table app.months detach partition app.months_2020', /takes rows away/],
    ['drop trigger look on app.tags', /changes a trigger/],
    [
      'create or replace trigger look after insert on app.tags for each row execute function app.note()',
      /changes a trigger/,
    ],
    ['alter trigger look on app.tags depends on extension x', /changes a trigger/],
    ['alter table app.tags disable trigger look', /stops a trigger/],
    ['create trigger looks before insert on app.tags for each row execute function app.look()', /may write/],
    [
      "create or replace function app.note() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
      /may write/,
    ],
    [
      'create function app.enter(a uuid, b uuid, c int default 1) returns void language sql as $$ select 1 $$',
      /ambiguous/,
    ],
    ['do $$ begin drop table app.tags; end $$', /drops/],
    ['alter table app.tags add m int, alter column m set not null', /demands a value of a new/],
    ['alter table app.tags add m int default 1, alter m drop default, alter m set not null', /of a new/],
    ['alter table app.tags add m int not null default 1, alter column m drop default', /of a new/],
    ['alter table app.tags add m int not null default 1, alter column m set default null', /of a new/],
    ['alter table app.tags add column m int not null default null', /must have a value/],
    ['alter table app.tags add column m int not null default (null::int)', /must have a value/],
    ['truncate app.tags', /deletes rows/],
    ['truncate table only app.tags restart identity cascade', /deletes rows/],
    ['delete from app.tags where name is null', /deletes rows/],
    ['with gone as (delete from only app.tags returning id) select count(*) from gone', /deletes rows/],
    ['do $$ begin if true then delete from app.tags; end if; end $$', /deletes rows/],
    ['create rule r as on insert to app.tags do instead nothing', /something else/],
    ['create or replace rule r as on delete to app.tags where old.name is null do also nothing', /else/],
    ['alter domain app.money add constraint money_some check (value > 0)', /may write/],
    ['alter domain app.money set not null', /may write/],
    ['alter domain app.money drop default', /leaves to the database/],
    ['alter type app.pair drop attribute b', /changes a type/],
    ['alter table app.tags owner to chronos_app', /changes the owner/],
    ['alter function app.enter(uuid, uuid) owner to chronos_app', /changes the owner/],
    ['alter table app.tags force row level security', /hides rows from the owner/],
    ['alter table app.tags disable row level security', /shows the last release rows/],
    ["alter role chronos_app set statement_timeout = '1s'", /changes settings/],
    ['alter role chronos_app in database chronos set search_path = control', /changes settings/],
    ['do $$ declare t text; begin execute t; end $$', /cannot be read/],
    ["do $$ begin execute format('drop table %I', 'tags'); end $$", /cannot be read/],
    ["do $$ begin execute 'drop table app.' || 'tags'; end $$", /cannot be read/],
    ["do $$ begin execute format('drop table app.tags'); end $$", /drops/],
    ['do $$ begin execute $q$drop table app.tags; $q$; end $$', /drops/],
    ['alter table "app"."tags" drop column "name"', /drops a column/],
    ["do $$ begin if true then execute 'drop policy tenant on app.tags'; end if; end $$", /changes a policy/],
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
    'alter table app.tags drop constraint tags_name_check',
    "alter table app.tags drop constraint tags_kind, add constraint tags_kind check (kind in ('a', 'b', 'c'))",
    'alter table app.tags add column colour text, add constraint tags_colour check (length(colour) < 9)',
    'alter table app.tags add colour text, add constraint tags_colour unique (tenant_id, colour)',
    'alter table app.tags add colour_id uuid, add foreign key (tenant_id, colour_id) references app.colours (tenant_id, id)',
    'alter table app.tags add colour text\n--;;\ncreate unique index tags_colour on app.tags (tenant_id, colour)',
    'alter table app.tags add gone_at timestamptz\n--;;\ncreate unique index a on app.tags (name) where gone_at is not null',
    "alter table app.tags add m text default 'a'\n--;;\nalter table app.tags alter m set not null",
    'alter table app.tags add m int\n--;;\nalter table app.tags alter m set default 1, alter m set not null',
    'alter table app.tags add m int not null default 1\n--;;\nalter table app.tags alter m drop not null, alter m drop default',
    'alter table app.tags no force row level security\n--;;\nupdate app.tags set m = 1\n--;;\nalter table app.tags force row level security',
    `do $$ begin execute 'alter table app.tags no force row level security';
      execute 'update app.tags set name = ''delete from app.tags''' ; alter table app.tags force row level security; end $$`,
    "do $$ begin execute format('alter table app.tags alter column kind set default %L', 'b'); end $$",
    "comment on table app.tags is 'who may delete from app.tags'",
    'create temp table seen (id uuid)\n--;;\ndelete from seen\n--;;\ntruncate seen',
    "create role chronos_new\n--;;\nalter role chronos_new set statement_timeout = '1s'",
    "create type app.tone as enum ('a')\n--;;\ndrop type app.tone",
    'create domain app.cents as int\n--;;\nalter domain app.cents add check (value > 0)\n--;;\ndrop domain app.cents',
    'create table "app"."zz" (a int)\n--;;\nalter table app.zz drop column a\n--;;\nalter table app.zz owner to chronos_owner',
    'alter table app.tags validate constraint tags_kind',
    "alter table app.tags alter column kind set default 'b'",
    'create function app.new(a int) returns void language sql as $$ select 1 $$\n--;;\nrevoke execute on function app.new(int) from public',
    'create trigger note after insert on app.tags for each row execute function app.note()',
    'create policy other on app.tags for select using (true)',
    'grant select on app.tags to chronos_app',
    `create or replace function app.look() returns trigger language plpgsql as $$ begin
      new.kind := 'a'; if new.name is null then raise exception 'a tag has a name'; end if; return new; end $$`,
    'create or replace function app.enter(p_tenant uuid, p_user uuid default null) returns void language sql as $$ select 2 $$',
    'create function app.enter(p_tenant uuid, p_user uuid, p_other text) returns void language sql as $$ select 1 $$',
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
    const key = 'create table app.goals (a int constraint goals_pkey primary key)'
    expect(problems(key, 'alter index app.goals_pkey rename to wishes_pkey')).toEqual([])
    const index = 'create index concurrently tags_b on app.tags (b)'
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
    expect(migrationPhases(folder)).toEqual({ released: [], unreleased: [] })
    git('tag', 'v1.0.0')
    git('tag', 'v1.10.0')
    git('tag', 'v1.9.0')
    write('0002_two.sql', 'drop table app.tags')
    expect(lastRelease(folder)).toBe('v1.10.0')
    const { released, unreleased: found } = migrationPhases(folder)
    expect(released.map(({ text }) => text)).toEqual(['drop table app.old'])
    expect(found.map(({ file }) => file)).toEqual(['backend/migrations/0002_two.sql'])
    expect(phaseViolations(found)).toHaveLength(1)
  })
})
