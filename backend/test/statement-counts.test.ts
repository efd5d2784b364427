/** `make db-report`'s statements, on a server of its own that counts them, utility statements too. */
import { readFileSync, writeFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCluster, type TestCluster } from '../../scripts/test-cluster.ts'
import { ensureRoles } from '../src/platform/roles.ts'
import { statementLines, withoutLiterals } from '../src/platform/statement-counts.ts'
import { urlsFor } from './database.ts'

const DATABASE = 'counted'

let server: TestCluster
let urls: ReturnType<typeof urlsFor>

beforeAll(async () => {
  server = await startTestCluster({
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      // The worst case: the product's own configuration has it off.
      'pg_stat_statements.track_utility': 'on',
    },
  })
  urls = urlsFor(server.adminUrl, DATABASE)
  await ensureRoles(server.adminUrl, urls)
})
afterAll(() => server.stop())

/** In `database`, under the address's login. */
async function run<T extends pg.QueryResultRow>(
  address: string,
  sql: string,
  database = DATABASE,
): Promise<T[]> {
  const url = new URL(address)
  url.pathname = `/${database}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

const notPrepared = (why: string): string =>
  `make db-report has no counts of statements: the database postgres of this server is not prepared (${why}).`

const texts = async (): Promise<string> => (await statementLines(urls.backupUrl)).join('\n')

describe('statements of the report', () => {
  it('are those of the product’s database, with their times, calls and rows, and without what was asked for', async () => {
    await run(urls.ownerUrl, 'create schema app; create table app.people (name text, born int)')
    await run(
      urls.ownerUrl,
      'grant usage on schema app to chronos_app; grant select on app.people to chronos_app',
    )
    await run(urls.ownerUrl, "insert into app.people values ('Ana Zwolle', 1987), ('Rui Zwolle', 1990)")
    for (const name of ['Ana Zwolle', 'Rui Zwolle', 'x'])
      await run(urls.appUrl, `select born from app.people where name <> '${name}' and born > 1900`)
    const lines = await statementLines(urls.backupUrl)
    expect(lines[0]).toMatch(/^Statements since \d{4}-\d\d-\d\dT\d\d:\d\dZ: +total ms +mean ms +calls +rows$/)
    for (const order of ['by total time', 'by mean time', 'by calls', 'by rows'])
      expect(lines).toContain(` ${order}`)
    expect(lines.find((line) => line.includes('from app.people'))).toMatch(
      /^ +\d+ +\d+\.\d\d +3 +4 {2}select born from app\.people where name <> \$1 and born > \$2$/,
    )
    expect(lines.join('\n')).not.toMatch(/Zwolle|1987|1900/)
  })

  it('are no utility statements, which hold passwords as they were sent', async () => {
    await run(server.adminUrl, "create role somebody password 'geheim-4711'")
    await run(server.adminUrl, "alter role somebody password 'geheim-4712'")
    const kept = await run(
      server.adminUrl,
      "select query from public.pg_stat_statements where query ~ 'geheim'",
      'postgres',
    )
    // The server has them: what keeps them away is the function.
    expect(kept).toHaveLength(2)
    expect(await texts()).not.toMatch(/geheim|role somebody/)
    const all = await run<{ query: string }>(
      urls.backupUrl,
      `select query from chronos_report.statements('${DATABASE}')`,
      'postgres',
    )
    expect(all.map(({ query }) => query.trim().slice(0, 6)).sort()).toEqual(['insert', 'select'])
  })

  it('come by a function that tells of other databases nothing, and other logins nothing at all', async () => {
    const count = (database: string) =>
      run(urls.backupUrl, `select * from chronos_report.statements('${database}')`, 'postgres')
    expect(await count('postgres')).toEqual([])
    for (const url of [urls.appUrl, urls.controlUrl, urls.maintenanceUrl])
      await expect(
        run(url, `select * from chronos_report.statements('${DATABASE}')`, 'postgres'),
      ).rejects.toMatchObject({ code: '42501' })
    const [may] = await run(
      urls.backupUrl,
      "select pg_has_role('pg_read_all_stats', 'member') as stats, (select count(*)::int from public.pg_stat_statements where query <> '<insufficient privilege>' and userid <> current_user::regrole) as seen",
      'postgres',
    )
    expect(may).toEqual({ stats: false, seen: 0 })
  })

  it('put nothing into the product’s database, whose dump its owner restores', async () => {
    expect(await run(server.adminUrl, 'select extname from pg_extension')).toEqual([{ extname: 'plpgsql' }])
  })

  it('are made anew by every migration, and twice at once', async () => {
    await Promise.all([1, 2, 3].map(() => ensureRoles(server.adminUrl, urls)))
    expect(await texts()).toMatch(/from app\.people/)
  })

  it('are one line that says why, where nothing counts', async () => {
    const plain = await startTestCluster()
    try {
      const there = urlsFor(plain.adminUrl, DATABASE)
      await ensureRoles(plain.adminUrl, there)
      const [line, ...others] = await statementLines(there.backupUrl)
      expect(line).toMatch(/^Slow statements stand in the log alone: .*shared_preload_libraries/)
      expect(others).toEqual([])
    } finally {
      await plain.stop()
    }
    await run(server.adminUrl, 'alter database postgres rename to elsewhere', DATABASE)
    expect(await statementLines(urls.backupUrl)).toEqual([
      'Slow statements stand in the log alone: the database postgres cannot be asked (database "postgres" does not exist).',
    ])
    const elsewhere = server.adminUrl.replace(/\/postgres$/, '/elsewhere')
    expect(await ensureRoles(elsewhere, urls)).toEqual([notPrepared('database "postgres" does not exist')])
    await run(server.adminUrl, 'alter database elsewhere rename to postgres', DATABASE)
  })
})

describe('migrations', () => {
  const fromProduct = (): string => server.adminUrl.replace(/\/postgres$/, `/${DATABASE}`)

  it('go on in one line where the maintenance database takes no connections', async () => {
    await run(server.adminUrl, 'alter database postgres allow_connections false', DATABASE)
    try {
      expect(await ensureRoles(fromProduct(), urls)).toEqual([
        notPrepared('database "postgres" is not currently accepting connections'),
      ])
    } finally {
      await run(server.adminUrl, 'alter database postgres allow_connections true', DATABASE)
    }
  })

  it('go on in one line where the server lets nobody into it', async () => {
    const [{ file } = { file: '' }] = await run<{ file: string }>(
      server.adminUrl,
      "select current_setting('hba_file') as file",
    )
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, `host postgres all all reject\nlocal postgres all reject\n${before}`)
    try {
      await run(fromProduct(), 'select pg_reload_conf()')
      await expect
        .poll(() => ensureRoles(fromProduct(), urls), { timeout: 10_000 })
        .toEqual([expect.stringContaining('pg_hba.conf rejects connection')])
    } finally {
      writeFileSync(file, before)
      await run(fromProduct(), 'select pg_reload_conf()')
    }
    await expect.poll(() => ensureRoles(server.adminUrl, urls), { timeout: 10_000 }).toEqual([])
  })

  it('go on in one line where something of somebody else’s is in the way', async () => {
    const view = "create view kept as select * from chronos_report.statements('counted')"
    await run(server.adminUrl, view, 'postgres')
    expect(await ensureRoles(server.adminUrl, urls)).toEqual([
      notPrepared('cannot drop function chronos_report.statements(text) because other objects depend on it'),
    ])
    await run(server.adminUrl, 'drop view kept', 'postgres')
    expect(await ensureRoles(server.adminUrl, urls)).toEqual([])
  })
})

describe('withoutLiterals', () => {
  it.each([
    ["select 'it''s', 1.5e3, $1 from t1 where a = 42", 'select ?, ?, $1 from t1 where a = ?'],
    [String.raw`select E'a\'b', "Na''me" -- don't`, 'select ?, "Na\'\'me"'],
    ["select /* it's */ 'x'", 'select ?'],
    ['select $$secret$$, $a$secret $$ too$a$, $2', 'select ?, ?, $2'],
    ["select 'cut in the mid", 'select ?'],
  ])('%s', (query, expected) => {
    expect(withoutLiterals(query)).toBe(expected)
  })
})
