/** How fresh the backups are, by what the backup service wrote down. */
import type { ControlQueries } from './control.ts'

export interface BackupState {
  /** Of the last good one; null where there is none. */
  ageSeconds: number | null
  sizeBytes: number
  durationSeconds: number
  /** Null where nothing was written down. */
  lastOk: boolean | null
}

export type BackupHealth = 'fresh' | 'stale' | 'failed' | 'none'

interface StateRow {
  age: number | null
  size: number | null
  seconds: number | null
  last_ok: boolean | null
}

export async function backupState(control: ControlQueries): Promise<BackupState> {
  const [row] = await control.query<StateRow>(`
    select extract(epoch from now() - good.at)::float8 as age, good.size_bytes::float8 as size,
      good.duration_ms::float8 / 1000 as seconds, last.ok as last_ok
    from (select at, ok from control.backup_runs order by at desc, id desc limit 1) as last
    left join lateral (select at, size_bytes, duration_ms from control.backup_runs
      where ok order by at desc, id desc limit 1) as good on true`)
  return {
    ageSeconds: row?.age ?? null,
    sizeBytes: row?.size ?? 0,
    durationSeconds: row?.seconds ?? 0,
    lastOk: row?.last_ok ?? null,
  }
}

/** An old backup is worse than a failed try after a young one, so it is told first. */
export function backupHealth({ ageSeconds, lastOk }: BackupState, maxAgeHours: number): BackupHealth {
  if (ageSeconds === null) return lastOk === null ? 'none' : 'failed'
  if (ageSeconds > maxAgeHours * 3600) return 'stale'
  return lastOk === false ? 'failed' : 'fresh'
}
