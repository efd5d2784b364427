// `make db-report`: size, dead rows and age of vacuum of every table, indexes that nobody uses, slow statements where
// the server counts them, and how fresh the backups are. `make db-maintain`: VACUUM (ANALYZE) where it is due.
import pg from 'pg'

export interface TableState {
  name: string
  liveRows: number
  deadRows: number
  changedSinceAnalyze: number
  sizeBytes: number
  /** Hours since the last vacuum, by anybody; null where there was none. */
  vacuumedHours: number | null
  analyzedHours: number | null
}

const OURS = "('app', 'control', 'pgboss')"
const LEAST_DEAD = 500
const DEAD_SHARE = 0.05

const TABLES = `
  select s.relid::regclass::text as name, s.n_live_tup::float8 as "liveRows", s.n_dead_tup::float8 as "deadRows",
    s.n_mod_since_analyze::float8 as "changedSinceAnalyze", pg_total_relation_size(s.relid)::float8 as "sizeBytes",
    extract(epoch from now() - greatest(s.last_vacuum, s.last_autovacuum))::float8 / 3600 as "vacuumedHours",
    extract(epoch from now() - greatest(s.last_analyze, s.last_autoanalyze))::float8 / 3600 as "analyzedHours"
  from pg_stat_user_tables s where s.schemaname in ${OURS} order by 5 desc, 1`

export async function listTables(client: pg.Client): Promise<TableState[]> {
  return (await client.query<TableState>(TABLES)).rows
}

/** Due: a twentieth of the rows is dead or has changed since the last ANALYZE, and not just a handful. */
export function isDue({ liveRows, deadRows, changedSinceAnalyze }: TableState): boolean {
  const worst = Math.max(deadRows, changedSinceAnalyze)
  return worst >= LEAST_DEAD && worst > DEAD_SHARE * (liveRows + deadRows)
}

/** @param url of the owner of the tables: nobody else may vacuum them. @returns names of those that were due */
export async function maintain(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-maintenance' })
  await client.connect()
  try {
    const due = (await listTables(client)).filter(isDue).map(({ name }) => name)
    for (const name of due) await client.query(`vacuum (analyze) ${name}`)
    return due
  } finally {
    await client.end()
  }
}

const hours = (value: number | null): string => (value === null ? 'never' : `${value.toFixed(1)} h`)

/** @param url of chronos_backup. @returns lines */
export async function report(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-report' })
  await client.connect()
  try {
    const lines = ['table                                   MB       rows   dead  vacuumed  analyzed']
    for (const table of await listTables(client)) {
      lines.push(
        [
          table.name.padEnd(34),
          (table.sizeBytes / 1e6).toFixed(2).padStart(8),
          String(table.liveRows).padStart(10),
          String(table.deadRows).padStart(6),
          hours(table.vacuumedHours).padStart(9),
          hours(table.analyzedHours).padStart(9),
          isDue(table) ? '  due' : '',
        ].join(' '),
      )
    }
    const { rows: unused } = await client.query<{ name: string; bytes: number }>(
      `select s.indexrelid::regclass::text as name, pg_relation_size(s.indexrelid)::float8 as bytes
       from pg_stat_user_indexes s join pg_index i using (indexrelid)
       where s.schemaname in ${OURS} and s.idx_scan = 0 and not i.indisunique and pg_relation_size(s.indexrelid) > 1000000
       order by 2 desc limit 10`,
    )
    lines.push(
      '',
      unused.length === 0 ? 'No index over 1 MB is unused.' : 'Indexes over 1 MB that nothing has used:',
    )
    for (const { name, bytes } of unused) lines.push(`  ${name} ${(bytes / 1e6).toFixed(1)} MB`)
    lines.push('', ...(await slowStatements(client)), '', await lastBackup(client))
    return lines
  } finally {
    await client.end()
  }
}

async function slowStatements(client: pg.Client): Promise<string[]> {
  const known = await client.query("select from pg_extension where extname = 'pg_stat_statements'")
  if (known.rowCount === 0)
    return ['pg_stat_statements is not there: slow statements stand in the log alone.']
  const { rows } = await client.query<{ calls: number; mean: number; query: string }>(
    `select calls::float8, mean_exec_time as mean, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as query
     from pg_stat_statements order by total_exec_time desc limit 10`,
  )
  return [
    'Statements by total time:',
    ...rows.map((each) => `  ${each.mean.toFixed(1)} ms × ${each.calls}: ${each.query}`),
  ]
}

async function lastBackup(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{
    name: string | null
    ok: boolean
    hours: number
    error: string | null
  }>(
    `select name, ok, error, extract(epoch from now() - at)::float8 / 3600 as hours
     from control.backup_runs order by at desc limit 1`,
  )
  const [last] = rows
  if (!last) return 'No backup was written down.'
  return `Last backup: ${last.name ?? 'none'}, ${hours(last.hours)} ago, ${last.ok ? 'ok' : `FAILED: ${last.error}`}`
}
