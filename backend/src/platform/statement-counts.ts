/**
 * What statements of the product's database cost, as pg_stat_statements counts them. The extension lies in the server's
 * maintenance database `postgres`: it needs a superuser, and in the product's own database its owner could not restore a
 * dump. What always holds: the report's login asks through a function that shows the product's databases alone and no
 * utility statement, of which ALTER ROLE … PASSWORD is one; and no literal reaches a reader.
 */
import pg from 'pg'

const MAINTENANCE_DATABASE = 'postgres'

/** One statement each: a cluster's coordinator takes no more at once. @param schema where the extension lies */
const madeWith = (schema: string): string[] => [
  'alter extension pg_stat_statements update',
  'create schema if not exists chronos_report',
  'revoke all on schema chronos_report from public',
  // Dropped first: a replacement may not change columns.
  'drop function if exists chronos_report.statements(text)',
  String.raw`create function chronos_report.statements(of_database text)
    returns table (calls bigint, total_ms double precision, returned bigint, query text, since timestamptz)
    language sql stable security definer set search_path = pg_catalog, pg_temp as $$
      select sum(s.calls)::bigint, sum(s.total_exec_time), sum(s.rows)::bigint, min(s.query),
        (select i.stats_reset from ${schema}.pg_stat_statements_info i)
      from ${schema}.pg_stat_statements s join pg_database d on d.oid = s.dbid
      where d.datname = of_database and pg_get_userbyid(d.datdba) = 'chronos_owner'
        and s.query ~* '^[\s(]*(select|with|insert|update|delete|merge|values)\M'
      group by s.queryid
    $$`,
  'revoke all on function chronos_report.statements(text) from public',
  `grant connect on database ${MAINTENANCE_DATABASE} to chronos_backup`,
  'grant usage on schema chronos_report to chronos_backup',
  'grant execute on function chronos_report.statements(text) to chronos_backup',
]

interface Statement {
  calls: number
  totalMs: number
  rows: number
  query: string
  since: Date
}

/**
 * Opens the counts to chronos_backup where the server has them loaded and the administrator may. Repeatable. A server whose
 * maintenance database is not to be had, for whatever reason, does without: a report is no reason to keep migrations waiting.
 * @param adminUrl a superuser's, of any database of the server
 * @returns a line that says why nothing is opened, where this failed
 */
export async function openStatementCounts(adminUrl: string): Promise<string | undefined> {
  try {
    await withMaintenanceDatabase(adminUrl, async (client) => {
      const loaded = await client.query<{ libraries: string }>(
        "select current_setting('shared_preload_libraries') as libraries",
      )
      if (!/\bpg_stat_statements\b/.test(loaded.rows[0]?.libraries ?? '')) return
      await client.query('create extension if not exists pg_stat_statements')
      const { rows } = await client.query<{ schema: string }>(
        "select extnamespace::regnamespace::text as schema from pg_extension where extname = 'pg_stat_statements'",
      )
      for (const statement of madeWith(rows[0]?.schema ?? 'public')) await client.query(statement)
    })
    return undefined
  } catch (error) {
    return `make db-report has no counts of statements: the database ${MAINTENANCE_DATABASE} of this server is not prepared (${reasonOf(error)}).`
  }
}

/** On one line; of an attempt at several addresses, what the first came to. */
function reasonOf(error: unknown): string {
  const [cause] = error instanceof AggregateError ? (error.errors as unknown[]) : [error]
  return (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, ' ').trim()
}

/** @param url of chronos_backup, naming the product's database. @returns lines; one that says why, where nothing is counted */
export async function statementLines(url: string): Promise<string[]> {
  const database = decodeURIComponent(new URL(url).pathname.slice(1))
  try {
    return linesOf(
      await withMaintenanceDatabase(url, async (client) => {
        const { rows } = await client.query<Statement>(
          `select calls::float8, total_ms as "totalMs", returned::float8 as rows, query, since
           from chronos_report.statements($1)`,
          [database],
        )
        return rows
      }),
    )
  } catch (error) {
    return [whyNot(error as pg.DatabaseError)]
  }
}

function whyNot({ code, message }: pg.DatabaseError): string {
  const log = 'Slow statements stand in the log alone:'
  // No such schema, no such function.
  if (code === '3F000' || code === '42883')
    return `${log} the server counted none when migrations last ran with DATABASE_ADMIN_URL (shared_preload_libraries = 'pg_stat_statements'), or they said why.`
  return `${log} the database ${MAINTENANCE_DATABASE} cannot be asked (${message}).`
}

const ORDERS: readonly [title: string, by: (statement: Statement) => number, count: number][] = [
  ['by total time', ({ totalMs }) => totalMs, 10],
  ['by mean time', ({ totalMs, calls }) => totalMs / calls, 5],
  ['by calls', ({ calls }) => calls, 5],
  ['by rows', ({ rows }) => rows, 5],
]

function linesOf(statements: readonly Statement[]): string[] {
  const [first] = statements
  if (!first) return ['No statement was counted yet.']
  const lines = [
    `Statements since ${first.since.toISOString().slice(0, 16)}Z:   total ms    mean ms      calls       rows`,
  ]
  for (const [title, by, count] of ORDERS) {
    lines.push(` ${title}`)
    for (const each of statements.toSorted((a, b) => by(b) - by(a)).slice(0, count)) lines.push(lineOf(each))
  }
  return lines
}

function lineOf({ totalMs, calls, rows, query }: Statement): string {
  const figures = [
    totalMs.toFixed(0).padStart(46),
    (totalMs / calls).toFixed(2).padStart(10),
    String(calls).padStart(10),
    String(rows).padStart(10),
  ]
  return `${figures.join(' ')}  ${withoutLiterals(query).slice(0, 100)}`
}

/** What stays: names, parameters, and `$1` of a function's text. What goes: comments, and literals of every kind. */
const TOKENS = new RegExp(
  [
    String.raw`(--[^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*(?:'|$)|\$([A-Za-z_]\w*|)\$[\s\S]*?\$\2\$`,
    String.raw`("(?:[^"]|"")*"|\$\d+|[A-Za-z_][\w$]*)`,
    String.raw`\d[\d.]*(?:[eE][+-]?\d+)?`,
  ].join('|'),
  'g',
)

/**
 * A statement on one line, its literals and comments taken out. The server has normalised nearly all of them; one whose
 * entry was dropped while it ran is kept as it was sent.
 */
export function withoutLiterals(query: string): string {
  return query
    .replace(TOKENS, (_token, comment?: string, _tag?: string, name?: string) =>
      comment === undefined ? (name ?? '?') : ' ',
    )
    .replace(/\s+/g, ' ')
    .trim()
}

async function withMaintenanceDatabase<T>(
  address: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const url = new URL(address)
  url.pathname = `/${MAINTENANCE_DATABASE}`
  const client = new pg.Client({ connectionString: url.href, application_name: 'chronos-report' })
  // A connection that breaks off fails the statement under way as well, and the program only through that.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
