/**
 * Whether what the server writes reaches its archive: that a lost disk costs a minute rests on it. Asked from the server, whose
 * counters any login may read.
 *
 * The age of the last archived file alone says nothing, since nothing is due while nothing is written; failures alone do not
 * say enough, since a command that hangs or is empty never fails. So a file that is whole and not archived is what counts.
 */
import type { ControlQueries } from './control.ts'

export interface ArchiveRow {
  /** As 0/3000060; where the server has written to. */
  lsn: string
  segment_bytes: number
  /** A file of WAL, a label of a copy (….backup) or the history of a timeline; null where none was since the counters began. */
  last_file: string | null
  /** Seconds since that file was archived, or since the counters began. */
  age: number
  failing: boolean
  /** A checkpoint began since, which an idle server has none of. */
  checkpointed: boolean
  /** Seconds after which a file that is not full is archived; 0 where none is. */
  timeout: number
}

export interface WalArchiveState {
  /** Files that are whole and not archived. */
  waitingFiles: number
  /** Seconds since the last file was archived, where some wait; else 0. */
  lateSeconds: number
  /** The last try failed. */
  isFailing: boolean
  /** Seconds since the last file was archived, or since the counters began. */
  ageSeconds: number
  /** Of archive_timeout; 0 where nothing bounds how old WAL gets before it is archived. */
  timeoutSeconds: number
}

/**
 * `trying`: something failed or waits, which may be the moment in which a file is archived. `late`: it lasts. `none`: the
 * server archives nothing, which is right where no point in time was promised (the backup service knows that).
 */
export type ArchiveHealth = 'archived' | 'trying' | 'late' | 'none'

/** Three tries and the minute that the server rests after them, and some more. */
const ARCHIVE_LATE_SECONDS = 180

/** @returns null where the server archives nothing, or follows another one */
export async function walArchiveState({
  query,
}: Pick<ControlQueries, 'query'>): Promise<WalArchiveState | null> {
  // Where nothing was archived yet, a failure is newer than never.
  const [row] = await query<ArchiveRow>(`
    select pg_current_wal_lsn()::text as lsn, pg_size_bytes(current_setting('wal_segment_size'))::float8 as segment_bytes,
      last_archived_wal as last_file,
      extract(epoch from clock_timestamp() - coalesce(last_archived_time, stats_reset, pg_postmaster_start_time()))::float8
        as age,
      coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) as failing,
      (pg_control_checkpoint()).checkpoint_time > coalesce(last_archived_time, stats_reset, pg_postmaster_start_time())
        as checkpointed,
      (select setting::float8 from pg_settings where name = 'archive_timeout') as timeout
    from pg_stat_archiver where current_setting('archive_mode') <> 'off' and not pg_is_in_recovery()`)
  return row === undefined ? null : archiveStateOf(row)
}

/** Timelines are left out of the comparison: a promotion goes on where the other one ended. */
export function archiveStateOf(row: ArchiveRow): WalArchiveState {
  const [high = '0', low = '0'] = row.lsn.split('/')
  const perLog = 2 ** 32 / row.segment_bytes
  const current =
    Number.parseInt(high, 16) * perLog + Math.floor(Number.parseInt(low, 16) / row.segment_bytes)
  const [, log, segment] = /^[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})$/.exec(row.last_file ?? '') ?? []
  // A label may be archived after younger files, so that its name tells nothing, as none does. A checkpoint is WAL, and
  // the server archives it before long.
  const waitingFiles =
    log === undefined || segment === undefined
      ? Number(row.checkpointed)
      : Math.max(0, current - (Number.parseInt(log, 16) * perLog + Number.parseInt(segment, 16)) - 1)
  const isLate = waitingFiles > 0 || row.failing
  const ageSeconds = Math.max(0, row.age)
  return {
    ...{ waitingFiles, lateSeconds: isLate ? ageSeconds : 0, isFailing: row.failing },
    ...{ ageSeconds, timeoutSeconds: row.timeout },
  }
}

/** A failure counts at once, waiting after minutes. Who goes by one look may meet the first file after an idle night. */
export function isArchiveLate({ isFailing, lateSeconds }: WalArchiveState): boolean {
  return isFailing || lateSeconds > ARCHIVE_LATE_SECONDS
}

/** A loss of 60 s is promised: what is late for so long at every look is no moment between two files any more. */
const LASTING_MS = 60_000

/** @param now in milliseconds. @returns what one look after the other comes to */
export function createArchiveHealth(now: () => number): (state: WalArchiveState | null) => ArchiveHealth {
  let lateSince: number | undefined
  return (state) => {
    if (state === null || !isArchiveLate(state)) lateSince = undefined
    else lateSince ??= now()
    if (state === null) return 'none'
    if (lateSince !== undefined && now() - lateSince >= LASTING_MS) return 'late'
    return state.isFailing || state.waitingFiles > 0 ? 'trying' : 'archived'
  }
}
