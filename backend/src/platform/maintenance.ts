/**
 * VACUUM (ANALYZE) where it is due, under a login of its own, and what it came to written down. Autovacuum does most of
 * it through the day; what it leaves, large tables whose share of dead rows grows slowly, is done at night.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export interface TableRows {
  name: string
  liveRows: number
  deadRows: number
  changedSinceAnalyze: number
}

export interface TableState extends TableRows {
  sizeBytes: number
  /** Hours since the last vacuum, by anybody; null where there was none. */
  vacuumedHours: number | null
  analyzedHours: number | null
}

export interface MaintenanceResult {
  ok: boolean
  /** Names of the tables that were vacuumed and analyzed. */
  tables: string[]
  durationMs: number
  /** Of the first table that could not be; the others were done. */
  error: string | null
}

export const OUR_SCHEMAS = "('app', 'control', 'pgboss')"
const LEAST_DEAD = 500
const DEAD_SHARE = 0.05
const KEPT_DAYS = 400

const ROWS = `s.relid::regclass::text as name, s.n_live_tup::float8 as "liveRows", s.n_dead_tup::float8 as "deadRows",
  s.n_mod_since_analyze::float8 as "changedSinceAnalyze"`

const TABLES = `
  select ${ROWS}, pg_total_relation_size(s.relid)::float8 as "sizeBytes",
    extract(epoch from now() - greatest(s.last_vacuum, s.last_autovacuum))::float8 / 3600 as "vacuumedHours",
    extract(epoch from now() - greatest(s.last_analyze, s.last_autoanalyze))::float8 / 3600 as "analyzedHours"
  from pg_stat_user_tables s where s.schemaname in ${OUR_SCHEMAS} order by 5 desc, 1`

export async function listTables(client: pg.Client): Promise<TableState[]> {
  return (await client.query<TableState>(TABLES)).rows
}

/** Without sizes: asking for one waits for whoever has locked the table. */
async function listDue(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<TableRows>(
    `select ${ROWS} from pg_stat_user_tables s where s.schemaname in ${OUR_SCHEMAS} order by 1`,
  )
  return rows.filter(isDue).map(({ name }) => name)
}

/** Due: a twentieth of the rows is dead or has changed since the last ANALYZE, and not just a handful. */
export function isDue({ liveRows, deadRows, changedSinceAnalyze }: TableRows): boolean {
  const worst = Math.max(deadRows, changedSinceAnalyze)
  return worst >= LEAST_DEAD && worst > DEAD_SHARE * (liveRows + deadRows)
}

/**
 * One table after the other; one that is locked is left, and said. Twice at once, the second finds the first at work.
 * @param url of chronos_maintenance, or of the owner of the tables
 */
export async function maintain(url: string): Promise<MaintenanceResult> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'chronos-maintenance',
    lock_timeout: 10_000,
  })
  await client.connect()
  try {
    const startedAt = performance.now()
    const tables: string[] = []
    let error: string | null = null
    for (const name of await listDue(client)) {
      try {
        await client.query(`vacuum (analyze) ${name}`)
        tables.push(name)
      } catch (failure) {
        error ??= `${name}: ${(failure as Error).message}`.slice(0, 500)
      }
    }
    const result = { ok: error === null, tables, durationMs: performance.now() - startedAt, error }
    await writeDown(client, result)
    return result
  } finally {
    await client.end()
  }
}

/** For who asked for it. */
export function inWords({ tables, error }: MaintenanceResult): string {
  const done = tables.length === 0 ? 'No table was vacuumed' : `Vacuumed and analyzed ${tables.join(', ')}`
  return error === null
    ? `${done}${tables.length === 0 ? ': none is due' : ''}.`
    : `${done}. Not all of it could be done: ${error}`
}

async function writeDown(
  client: pg.Client,
  { ok, tables, durationMs, error }: MaintenanceResult,
): Promise<void> {
  const now = new Date()
  await client.query(
    `insert into control.maintenance_runs (at, id, ok, tables, duration_ms, error) values ($1, $2, $3, $4, $5, $6)`,
    [now, randomUUID(), ok, JSON.stringify(tables), Math.round(durationMs), error],
  )
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000)
  await client.query('delete from control.maintenance_runs where at < $1', [before])
}

/** The next time of the day, in UTC. @param at as 02:30 */
export function nextMaintenance(at: string, now: Date): Date {
  const today = new Date(`${now.toISOString().slice(0, 10)}T${at}:00Z`)
  return today > now ? today : new Date(today.getTime() + 86_400_000)
}
