// Whether WAL is where it should be, by the server's own word: what lies in a folder or a bucket looks the same whether
// nothing was written or nothing could be archived.
import pg from 'pg'
import { isArchiveLate, walArchiveState } from '../../backend/src/platform/wal-archive.ts'
import type { WalArchiveState } from '../../backend/src/platform/wal-archive.ts'
import { copyWal } from './points-in-bucket.ts'
import type { Bucket } from './s3-call.ts'
import { walIn } from './wal.ts'

const ANSWER_MS = 3_000
/** Passes are seconds apart: not each opens a connection. */
const ASK_AGAIN_MS = 60_000
/** What a lost disk may cost. */
const PROMISED_SECONDS = 60

/** @param url of any login. @returns null where the server archives nothing */
export async function askArchive(url: string): Promise<WalArchiveState | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'chronos-archive',
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  })
  // A server that ends while it is asked: the statement says so.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await walArchiveState({
      query: async <Row>(text: string, ...values: readonly unknown[]) =>
        (await client.query(text, [...values])).rows as Row[],
    })
  } finally {
    await client.end()
  }
}

/** What is wrong with the archive, where points in time are promised; undefined when all is well. */
export async function archiveProblem(url: string): Promise<string | undefined> {
  let state: WalArchiveState | null
  try {
    state = await askArchive(url)
  } catch (error) {
    return `The server does not say whether its WAL is archived: ${(error as Error).message}`
  }
  if (state === null)
    return 'The server archives no WAL (archive_mode), and points in time were promised: docs/backup-and-restore.md.'
  return lateness(state) ?? promiseProblem(state)
}

/** A server of one's own may archive all it has to, and have too long to do so. */
function promiseProblem({ timeoutSeconds }: WalArchiveState): string | undefined {
  if (timeoutSeconds > 0 && timeoutSeconds <= PROMISED_SECONDS) return undefined
  const cost =
    timeoutSeconds === 0 ? 'whatever is not a full file yet' : `up to ${timeoutSeconds} s of commits`
  return `archive_timeout is ${timeoutSeconds}: a lost disk costs ${cost}, and ${PROMISED_SECONDS} s were promised: docs/backup-and-restore.md.`
}

/** A try that failed is said at once: who asks has patience of their own (the image's health check, three times). */
export function lateness(state: WalArchiveState): string | undefined {
  if (!isArchiveLate(state)) return undefined
  const { isFailing, lateSeconds } = state
  const why = isFailing ? 'archive_command fails' : 'files wait'
  return `No WAL was archived for ${Math.floor(lateSeconds)} s, and ${why}: docs/runbooks/wal-archive.md.`
}

/**
 * Sends what is archived and encrypted, and not in the bucket yet.
 * @param url of any login
 * @param knownAt when the bucket was last known to have all that a lost machine may cost, in milliseconds
 * @returns now where something went there, or the server says that nothing waits; else `knownAt`
 * @throws Error where the bucket does not take it
 */
export async function sendArchived(
  { bucket, wal, url }: { bucket: Bucket; wal: string; url: string },
  there: Set<string>,
  knownAt: number,
): Promise<number> {
  const now = Date.now()
  const sent = await copyWal(bucket, wal, there)
  if ((await walIn(wal, 'plain')).length > 0) return knownAt
  if (sent > 0) return now
  if (now - knownAt < ASK_AGAIN_MS) return knownAt
  const state = await askArchive(url).catch(() => null)
  return state?.lateSeconds === 0 ? now : knownAt
}
