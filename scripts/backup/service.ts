// The scheduled service: a backup each day at BACKUP_AT (UTC), at once where there is none of the last day, and again
// after ten minutes where one failed; where the server archives its WAL, a base copy each week. `service.ts health` ends with 1 when the last one failed or the newest is old.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { readBackupConfig } from '../../backend/src/config.ts'
import { startPart } from '../part.ts'
import { processEnvironment, ROOT } from '../env-file.ts'
import { freshness, nextAt } from './schedule.ts'
import { instantOf } from './retention.ts'

const { folder, at, points } = readBackupConfig()
const place = path.resolve(ROOT, folder)
const stateFile = path.join(place, 'last-run.json')

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

async function run(): Promise<void> {
  const isMade = await works(['scripts/backup/main.ts', 'create'])
  const isKept =
    points === undefined ||
    (await works(['scripts/backup/point-in-time.ts', 'keep', points.dataDir, points.walDir]))
  const ok = isMade && isKept
  try {
    writeFileSync(stateFile, `${JSON.stringify({ ok, at: new Date().toISOString() })}\n`)
  } catch (error) {
    console.error(`The state could not be written: ${(error as Error).message}`)
  }
}

if (process.argv[2] === 'health') {
  const problem = freshness(newest(), lastFailed(), new Date())
  console.log(problem ?? 'fresh')
  process.exit(problem === undefined ? 0 : 1)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
for (;;) {
  const now = new Date()
  const due = nextAt({ newest: newest(), lastFailed: lastFailed(), at, now })
  await new Promise((resolve) => setTimeout(resolve, due.getTime() - now.getTime()))
  await run()
}
