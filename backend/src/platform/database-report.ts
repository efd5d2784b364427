// `make db-report`: size, dead rows and age of vacuum of the tables, bloat, indexes that nobody uses, slow statements where
// the server counts them, what the last maintenance came to, and how fresh the backups are.
import pg from 'pg'
import { bloatLines } from './database-bloat.ts'
import { isDue, listTables, OUR_SCHEMAS } from './maintenance.ts'
import type { TableState } from './maintenance.ts'
import { statementLines } from './statement-counts.ts'

const hours = (value: number | null): string => (value === null ? 'never' : `${value.toFixed(1)} h`)

/** @param url of chronos_backup. @returns lines */
export async function report(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'chronos-report' })
  await client.connect()
  try {
    const lines = ['table                                   MB       rows   dead  vacuumed  analyzed']
    const tables = await listTables(client)
    const told = tables.filter(isWorthTelling)
    for (const table of told) {
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
    const others = tables.length - told.length
    if (others > 0) lines.push(`and ${others} that have under 0.1 MB and no dead rows`)
    const { rows: unused } = await client.query<{ name: string; bytes: number }>(
      `select s.indexrelid::regclass::text as name, pg_relation_size(s.indexrelid)::float8 as bytes
       from pg_stat_user_indexes s join pg_index i using (indexrelid)
       where s.schemaname in ${OUR_SCHEMAS} and s.idx_scan = 0 and not i.indisunique and pg_relation_size(s.indexrelid) > 1000000
       order by 2 desc limit 10`,
    )
    lines.push(
      '',
      ...(await bloatLines(client)),
      '',
      unused.length === 0 ? 'No index over 1 MB is unused.' : 'Indexes over 1 MB that nothing has used:',
    )
    for (const { name, bytes } of unused) lines.push(`  ${name} ${(bytes / 1e6).toFixed(1)} MB`)
    lines.push(
      '',
      ...(await statementLines(url)),
      '',
      await lastMaintenance(client),
      await lastBackup(client),
    )
    return lines
  } finally {
    await client.end()
  }
}

function isWorthTelling({ sizeBytes, deadRows }: TableState): boolean {
  return sizeBytes >= 100_000 || deadRows > 0
}

async function lastMaintenance(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ ok: boolean; hours: number; error: string | null; tables: string[] }>(
    `select ok, error, tables, extract(epoch from now() - at)::float8 / 3600 as hours
     from control.maintenance_runs order by at desc, id desc limit 1`,
  )
  const [last] = rows
  if (!last) return 'No maintenance was written down.'
  const done = last.tables.length === 0 ? 'nothing was due' : `did ${last.tables.join(', ')}`
  return `Last maintenance: ${hours(last.hours)} ago, ${last.ok ? done : `FAILED: ${last.error}`}`
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
