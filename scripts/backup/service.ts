// The scheduled service: a backup each day at BACKUP_AT (UTC), at once where there is none of the last day, and again
// after ten minutes where one failed; where the server archives its WAL, a base copy each week, and each archived file
// encrypted within seconds, and with a bucket there. `service.ts health` ends with 1 when the last one failed, the newest
// is old, or WAL is not archived as it was promised, which is also said once at the start, or not encrypted.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readBackupConfig } from '../../backend/src/config.ts'
import { backupKey } from '../../backend/src/platform/backup-key.ts'
import { startPart } from '../part.ts'
import { processEnvironment, ROOT } from '../env-file.ts'
import { archiveProblem } from './archive.ts'
import { instantOf } from './retention.ts'
import { freshness, nextAt, walFreshness } from './schedule.ts'
import { unsealedProblem } from './wal.ts'
import { keepWal } from './wal-loop.ts'

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
  writeState(isMade && isKept)
}

function writeState(ok: boolean): void {
  try {
    writeFileSync(stateFile, `${JSON.stringify({ ok, at: new Date().toISOString() })}\n`)
  } catch (error) {
    console.error(`The state could not be written: ${(error as Error).message}`)
  }
}

if (process.argv[2] === 'health') {
  const copiedAt = existsSync(walFile) ? new Date(readFileSync(walFile, 'utf8')) : undefined
  const late = config.s3 && points ? walFreshness(copiedAt, new Date()) : undefined
  const archive = points && (await archiveProblem(config.backupUrl))
  const unsealed = points && (await unsealedProblem(points.walDir, new Date()))
  const problem = freshness(newest(), lastFailed(), new Date()) ?? archive ?? late ?? unsealed
  console.log(problem ?? 'fresh')
  process.exit(problem === undefined ? 0 : 1)
}

const archive = points && (await archiveProblem(config.backupUrl))
if (archive !== undefined) console.error(archive)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
if (points) {
  const loop = {
    ...{ wal: points.walDir, key: await backupKey(config.key, config.recipients), url: config.backupUrl },
    ...{ bucket: config.s3, stateFile: walFile, everyMs: WAL_EVERY_MS, retryMs: WAL_RETRY_MS },
    say: (line: string) => console.log(line),
    warn: (line: string) => console.error(line),
  }
  void keepWal(loop, new AbortController().signal)
  // A bucket that was named since the last backup does not wait a day for its base copy, nor does the WAL that is
  // encrypted under another key from now on.
  if (newest() !== undefined && !(await keepPoints())) writeState(false)
}
for (;;) {
  const now = new Date()
  const due = nextAt({ newest: newest(), lastFailed: lastFailed(), at, now })
  await new Promise((resolve) => setTimeout(resolve, due.getTime() - now.getTime()))
  await run()
}
