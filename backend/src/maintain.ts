/**
 * The nightly maintenance as a program: each night at MAINTENANCE_AT; `now`: once, says in words what it did,
 * and ends with 1 where not all of it could be done.
 * Between the nights it touches HEARTBEAT_FILE, unless the last run failed.
 */
import { writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { readMaintenanceConfig } from './config.ts'
import { inWords, maintain, nextMaintenance } from './platform/maintenance.ts'

const HEARTBEAT_MS = 30_000
const { url, at, heartbeatFile } = readMaintenanceConfig()

const line = (fields: object): boolean =>
  process.stdout.write(
    `${JSON.stringify({ time: Date.now(), service: 'chronos', msg: 'maintenance', ...fields })}\n`,
  )

async function run(): Promise<boolean> {
  try {
    const { ok, tables, durationMs, error } = await maintain(url)
    line({ level: ok ? 30 : 50, tables, ms: durationMs, error })
    return ok
  } catch (error) {
    line({ level: 50, error: (error as Error).message })
    return false
  }
}

async function waitUntil(due: Date, isWell: boolean): Promise<void> {
  for (let left = 1; left > 0;) {
    if (isWell && heartbeatFile !== undefined) await writeFile(heartbeatFile, new Date().toISOString())
    left = due.getTime() - Date.now()
    await wait(Math.max(0, Math.min(left, HEARTBEAT_MS)))
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
if (process.argv[2] === 'now') {
  const result = await maintain(url)
  process.stdout.write(`${inWords(result)}\n`)
  process.exit(result.ok ? 0 : 1)
}
for (let isWell = true; ;) {
  await waitUntil(nextMaintenance(at, new Date()), isWell)
  isWell = await run()
}
