// The scheduled service: a backup each day at BACKUP_AT (UTC), at once where there is none of the last day, and again
// after ten minutes where one failed; where the server archives its WAL, a base copy each week, and with a bucket each
// archived file there within seconds. `service.ts health` ends with 1 when the last one failed, the newest is old, or WAL
// is not archived as it was promised, which is also said once at the start.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readBackupConfig } from '../../backend/src/config.ts'
import { startPart } from '../part.ts'
import { processEnvironment, ROOT } from '../env-file.ts'
import { archiveProblem, sendArchived } from './archive.ts'
import { backupKey } from './cipher.ts'
import { listWal } from './points-in-bucket.ts'
import { instantOf } from './retention.ts'
import { freshness, nextAt, walFreshness } from './schedule.ts'

const WAL_EVERY_MS = 5_000
const WAL_RETRY_MS = 30_000

const config = readBackupConfig()
const { folder, at, points } = config
const place = path.resolve(ROOT, folder)
const stateFile = path.join(place, 'last-run.json')
/** Its age is that of the WAL in the bucket. */
const walFile = path.join(place, 'last-wal')

function newest(): Date | undefined {
  const names = existsSync(place) ? readdirSync(place).filter((name) => instantOf(name) !== undefined) : []
  const last = names.sort().at(-1)
  return last === undefined ? undefined : instantOf(last)
}

function lastFailed(): boolean {
  if (!existsSync(stateFile)) return false
  return (JSON.parse(readFileSync(stateFile, 'utf8')) as { ok: boolean }).ok === false
}

async function works(args: string[]): Promise<boolean> {
  const onLine = (line: string): void => console.log(line)
  const reason = await startPart({ name: 'backup', args, env: processEnvironment(), onLine }).exited
  if (reason !== 'exit code 0') console.error(`The backup failed: ${args.join(' ')}: ${reason}.`)
  return reason === 'exit code 0'
}

async function keepPoints(): Promise<boolean> {
  if (points === undefined) return true
  return works(['scripts/backup/point-in-time.ts', 'keep', points.dataDir, points.walDir])
}

async function run(): Promise<void> {
  const isMade = await works(['scripts/backup/main.ts', 'create'])
  const isKept = await keepPoints()
  const ok = isMade && isKept
  try {
    writeFileSync(stateFile, `${JSON.stringify({ ok, at: new Date().toISOString() })}\n`)
  } catch (error) {
    console.error(`The state could not be written: ${(error as Error).message}`)
  }
}

/** For as long as the service runs; storage that is away is asked again. */
async function sendWal(bucket: NonNullable<typeof config.s3>, wal: string): Promise<never> {
  const key = backupKey(config.key)
  let there: Set<string> | undefined
  let isFailing = false
  let knownAt = 0
  for (;;) {
    try {
      there ??= await listWal(bucket)
      knownAt = await sendArchived({ bucket, wal, key, url: config.backupUrl }, there, knownAt)
      if (knownAt > 0) writeFileSync(walFile, new Date(knownAt).toISOString())
      if (isFailing) console.log('Archived WAL reaches the bucket again.')
      isFailing = false
    } catch (error) {
      if (!isFailing) console.error(`Archived WAL does not reach the bucket: ${(error as Error).message}`)
      isFailing = true
      // Whatever is true of the bucket now.
      there = undefined
    }
    await new Promise((resolve) => setTimeout(resolve, isFailing ? WAL_RETRY_MS : WAL_EVERY_MS))
  }
}

if (process.argv[2] === 'health') {
  const copiedAt = existsSync(walFile) ? new Date(readFileSync(walFile, 'utf8')) : undefined
  const late = config.s3 && points ? walFreshness(copiedAt, new Date()) : undefined
  const archive = points && (await archiveProblem(config.backupUrl))
  const problem = freshness(newest(), lastFailed(), new Date()) ?? archive ?? late
  console.log(problem ?? 'fresh')
  process.exit(problem === undefined ? 0 : 1)
}

const archive = points && (await archiveProblem(config.backupUrl))
if (archive !== undefined) console.error(archive)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
if (config.s3 && points) {
  void sendWal(config.s3, points.walDir)
  // A bucket that was named since the last backup does not wait a day for its base copy.
  if (newest() !== undefined) await keepPoints()
}
for (;;) {
  const now = new Date()
  const due = nextAt({ newest: newest(), lastFailed: lastFailed(), at, now })
  await new Promise((resolve) => setTimeout(resolve, due.getTime() - now.getTime()))
  await run()
}
