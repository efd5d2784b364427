// When the next backup is due, and whether the newest is fresh. Pure.

const DAY_MS = 86_400_000
const RETRY_MS = 10 * 60_000
/** A day, and the time that a backup may take. */
export const STALE_MS = 26 * 3_600_000

export interface Situation {
  /** Instant of the newest backup. */
  newest: Date | undefined
  lastFailed: boolean
  /** Time of the day in UTC, as 03:15. */
  at: string
  now: Date
}

export function nextAt({ newest, lastFailed, at, now }: Situation): Date {
  if (lastFailed) return new Date(now.getTime() + RETRY_MS)
  if (newest === undefined || now.getTime() - newest.getTime() > DAY_MS) return now
  const today = new Date(`${now.toISOString().slice(0, 10)}T${at}:00Z`)
  return today > now ? today : new Date(today.getTime() + DAY_MS)
}

/** How long the bucket may do without archived WAL before somebody should know. */
export const WAL_LATE_MS = 5 * 60_000

/** What is wrong with the WAL in the bucket. @param copiedAt when it was last known to be there */
export function walFreshness(copiedAt: Date | undefined, now: Date): string | undefined {
  if (copiedAt !== undefined && now.getTime() - copiedAt.getTime() <= WAL_LATE_MS) return undefined
  return `Archived WAL does not reach the bucket${copiedAt ? ` since ${copiedAt.toISOString()}` : ''}.`
}

/** What is wrong; undefined when all is well. */
export function freshness(newest: Date | undefined, lastFailed: boolean, now: Date): string | undefined {
  if (newest === undefined) return 'There is no backup.'
  const hours = (now.getTime() - newest.getTime()) / 3_600_000
  if (now.getTime() - newest.getTime() > STALE_MS)
    return `The newest backup is ${Math.floor(hours)} hours old.`
  return lastFailed ? 'The last backup failed.' : undefined
}
