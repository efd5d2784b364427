// Writes down what a backup came to, in control.backup_runs: read by health, metrics and the report. Best effort, as
// far as the backup goes: that it could not be written down is said, and the backup stands.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

export interface BackupRun {
  at: Date
  ok: boolean
  name: string | null
  rows: number
  sizeBytes: number
  durationMs: number
  /** Whether a copy went to a bucket. */
  copied: boolean
  error: string | null
}

const KEPT_DAYS = 400

/** @param controlUrl of chronos_control */
export async function recordRun(controlUrl: string, run: BackupRun): Promise<void> {
  const client = new pg.Client({
    connectionString: controlUrl,
    application_name: 'chronos-backup',
    connectionTimeoutMillis: 5000,
  })
  await client.connect()
  try {
    await client.query(
      `insert into control.backup_runs (at, id, ok, name, row_count, size_bytes, duration_ms, copied, error)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[run.at, randomUUID(), run.ok, run.name, run.rows, run.sizeBytes, Math.round(run.durationMs)],
        ...[run.copied, run.error?.slice(0, 500) ?? null],
      ],
    )
    const before = new Date(run.at.getTime() - KEPT_DAYS * 86_400_000)
    await client.query('delete from control.backup_runs where at < $1', [before])
  } finally {
    await client.end()
  }
}
