/**
 * Looks each minute at what the product itself can see: backups, the archive of WAL, queues, deliveries with a wrong signature. API and
 * worker both look, so that the end of the one is seen by the other; the alarms see to it that it is said once.
 */
import { backupHealth, backupState, type BackupState } from './platform/backup-state.ts'
import { badSignatures } from './platform/measures.ts'
import { workState } from './platform/queue-state.ts'
import { isArchiveLate, walArchiveState } from './platform/wal-archive.ts'
import type { AppContext } from './context.ts'

const MINUTE_MS = 60_000
/** Refused deliveries in a minute: somebody tries, or the secret is not Meta's any more. */
const STORM_PER_MINUTE = 30

export type AlarmWatchDeps = Pick<AppContext, 'alarms' | 'control' | 'config' | 'logger'>

/** @returns one look; it never throws */
export function createAlarmWatch({ alarms, control, config, logger }: AlarmWatchDeps): () => Promise<void> {
  let seenSignatures = badSignatures()
  let wasArchiveLate = false

  async function lookAtBackups(maxAgeHours: number): Promise<void> {
    const state = await backupState(control)
    const health = backupHealth(state, maxAgeHours)
    if (health === 'fresh') return alarms.clear('backup', 'The backup is fresh again')
    await alarms.raise('backup', backupSentence(health, state))
  }

  async function lookAtArchive(): Promise<void> {
    const state = await walArchiveState(control)
    if (state === null) return
    const isLate = isArchiveLate(state)
    // At the second look in a row: the server tries again, and the first file after an idle night waits for a moment.
    const isLasting = isLate && wasArchiveLate
    wasArchiveLate = isLate
    if (!isLate) return alarms.clear('wal-archive', 'WAL is archived again')
    const why = state.isFailing ? 'archive_command fails' : 'files wait'
    const since = `No WAL was archived for ${Math.floor(state.lateSeconds / 60)} minutes`
    if (isLasting) await alarms.raise('wal-archive', `${since}, and ${why}`)
  }

  async function lookAtQueues(): Promise<void> {
    const { stuck, workers } = await workState(control)
    if (stuck === null) return alarms.clear('queue', 'Jobs are worked off again')
    const minutes = Math.floor(stuck.seconds / 60)
    const who = workers === 0 ? ', and no worker gives a sign of life' : ''
    await alarms.raise('queue', `The first job of ${stuck.queue} has waited for ${minutes} minutes${who}`)
  }

  async function lookAtSignatures(): Promise<void> {
    const now = badSignatures()
    const since = now - seenSignatures
    seenSignatures = now
    if (since >= STORM_PER_MINUTE)
      await alarms.raise(
        'webhook-signatures',
        `${since} deliveries of the WhatsApp webhook had a wrong signature within a minute`,
      )
  }

  return async () => {
    const looks = [
      lookAtArchive(),
      lookAtQueues(),
      lookAtSignatures(),
      ...(config.backupMaxAgeHours === undefined ? [] : [lookAtBackups(config.backupMaxAgeHours)]),
    ]
    for (const look of await Promise.allSettled(looks))
      if (look.status === 'rejected')
        logger.warn({ err: look.reason as unknown }, 'could not look for trouble')
  }
}

function backupSentence(health: 'stale' | 'failed' | 'none', { ageSeconds }: BackupState): string {
  if (health === 'none') return 'There is no backup'
  const age =
    ageSeconds === null ? 'and there is no good one' : `the last good one is ${hours(ageSeconds)} old`
  return health === 'failed' ? `The last backup failed; ${age}` : `The backup is stale: ${age}`
}

const hours = (seconds: number): string => `${Math.floor(seconds / 3600)} hours`

/** Looks each minute where somebody would hear of it. @returns what ends it */
export function startAlarmWatch(deps: AlarmWatchDeps): () => void {
  if (!deps.alarms.isConfigured) return () => undefined
  const look = createAlarmWatch(deps)
  const timer = setInterval(() => void look(), MINUTE_MS)
  timer.unref()
  return () => clearInterval(timer)
}
