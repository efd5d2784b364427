import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { checkSql } from './lint-sql.ts'
import { migrationFiles } from './source-files.ts'

const rulesOf = (file: string, content: string): string[] =>
  checkSql(file, content).map(({ message }) => /\(([\w-]+)\)$/.exec(message)?.[1] ?? message)
const migration = (sql: string): string[] => rulesOf('backend/migrations/0001_x.sql', sql)
const program = (code: string): string[] => rulesOf('backend/src/modules/x/x.queries.ts', code)

describe('SQL lint, migrations', () => {
  it.each([
    ['no-merge', 'merge into app.a using b on true when matched then delete'],
    [
      'no-set-null',
      'alter table app.a add constraint a_b foreign key (b) references app.b on delete set null',
    ],
    ['no-set-config', "select set_config('app.tenant_id', $1, true)"],
    ['no-session-set', "set timezone = 'UTC'"],
    ['no-session-set', "set session app.tenant_id to 'x'"],
    ['no-deferrable', 'alter table app.a add constraint a_u unique (tenant_id, b) deferrable'],
    ['no-deferrable', 'create constraint trigger t after insert on app.a for each row execute function f()'],
    ['no-volatile-update', 'update app.a set at = now() where tenant_id = $1'],
    [
      'no-volatile-update',
      'insert into app.a (tenant_id) values ($1) on conflict (tenant_id) do update set at = clock_timestamp()',
    ],
    [
      'no-volatile-update',
      'create function f() returns trigger language plpgsql as $$ begin\n' +
        'update app.a as x set id = gen_random_uuid() where true; return new; end $$',
    ],
    ['insert-select-returning', 'insert into app.a (tenant_id, b) select tenant_id, b from app.c'],
    ['no-comment-in-set', 'set local statement_timeout -- why\n = 0'],
    ['one-statement', 'create schema a; create schema b'],
    ['one-alter-action', 'alter table app.a add constraint a_c check (b > 0), add column d text'],
    [
      'no-named-columns-of-with',
      'with sums (account_id, net) as (select account_id, sum(amount_minor) from app.a group by 1) select net from sums',
    ],
    [
      'no-named-columns-of-with',
      'with a as (select 1 as n), b(n) as materialized (select n from a) select n from b',
    ],
    [
      'no-named-columns-of-with',
      'with recursive tree (id) as (select id from app.a union select a.id from app.a join tree t on a.parent_id = t.id) select id from tree',
    ],
    ['no-digits-at-end', 'alter table app.a add constraint a_check_1 check (b > 0)'],
    ['no-notify-in-database', "create function f() as $$ begin perform pg_notify('x', 'y'); end $$"],
    ['no-materialized-view', 'create materialized view app.m as select 1'],
    ['security-invoker', 'create view app.v as select 1'],
    [
      'definer-search-path',
      'create function f() returns void language sql security definer as $$ select 1 $$',
    ],
    ['no-enum', "create type app.kind as enum ('a', 'b')"],
  ])('%s refuses: %s', (rule, sql) => {
    expect(migration(sql)).toEqual([rule])
  })

  it.each([
    'create table app.a (tenant_id uuid not null, at timestamptz not null default now())',
    'alter table app.a add constraint a_u unique (tenant_id, b) not deferrable',
    "set local app.tenant_id = '00000000-0000-0000-0000-000000000000'",
    'update app.a set b = $2 where tenant_id = $1',
    'with a as (select 1 as n), b as not materialized (select n from a) select x.n from b as x (n) join unnest(array[1]) as y (n) on y.n = x.n',
    'insert into app.a (tenant_id, b) select tenant_id, b from app.c on conflict do nothing',
    'insert into control.a (b) select b from control.c',
    'create view app.v with (security_invoker = true) as select 1',
    'create function f() returns void language sql security definer set search_path = pg_catalog as $$ select 1; select 2 $$',
    'create trigger t before update on app.a for each row execute function f()',
    'alter role chronos_app set statement_timeout = 0',
    '-- merge into and set_config() are not used here; see why\nselect 1',
    'create schema a\n--;;\ncreate schema b',
  ])('accepts: %s', (sql) => {
    expect(migration(sql)).toEqual([])
  })

  it('names the line', () => {
    expect(checkSql('a.sql', 'select 1\n--;;\n-- two\nselect 2,\n  set_config(1)')[0]?.line).toBe(5)
  })

  it('takes an exception only with a reason', () => {
    expect(migration('select\n-- sql-lint-allow no-set-config: a test of it\nset_config(1)')).toEqual([])
    expect(migration('select\n-- sql-lint-allow no-set-config:\nset_config(1)')).toEqual(['no-set-config'])
  })
})

describe('SQL lint, programs', () => {
  it.each([
    ['one-statement', 'await q(`begin; set local x = 1; select 1 from app.a where tenant_id = $1`)'],
    ['tenant-named', 'await q(`select id from app.accounts where id = $1`)'],
    ['tenant-named', "await q('update app.accounts set name = $1 where id = $2')"],
    ['no-volatile-update', "await q('update app.accounts set at = now() where tenant_id = $1')"],
    ['no-set-config', 'await q("select set_config(\'app.tenant_id\', $1, true) from x")'],
    ['no-session-set', "await client.query('set search_path to app')"],
  ])('%s refuses: %s', (rule, code) => {
    expect(program(code)).toEqual([rule])
  })

  it.each([
    'await q(`select id from app.accounts where tenant_id = $1 and id = $2`)',
    '// select set_config(a) from b is forbidden',
    "const text = 'Select a date; then go on'",
    "throw new Error('merge conflict')",
  ])('accepts: %s', (code) => {
    expect(program(code)).toEqual([])
  })
})

describe('this checkout', () => {
  it('has migrations, and every one of them is looked into', () => {
    const files = migrationFiles(ROOT)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const spoilt = `${readFileSync(path.join(ROOT, file), 'utf8')}\n--;;\nmerge into app.a using b on true\n`
      expect(rulesOf(file, spoilt)).toContain('no-merge')
    }
  })
})
