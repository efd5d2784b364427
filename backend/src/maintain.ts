/** The nightly maintenance as a program: each night at MAINTENANCE_AT; `now`: once, and ends with 1 where it failed. */
import { setTimeout as wait } from 'node:timers/promises'
import { readMaintenanceConfig } from './config.ts'
import { maintain, nextMaintenance } from './platform/maintenance.ts'

const { url, at } = readMaintenanceConfig()

async function run(): Promise<boolean> {
  const line = (fields: object): boolean => process.stdout.write(`${JSON.stringify(fields)}\n`)
  try {
    const { ok, tables, durationMs, error } = await maintain(url)
    line({
      level: ok ? 30 : 50,
      time: Date.now(),
      service: 'chronos',
      msg: 'maintenance',
      tables,
      ms: durationMs,
      error,
    })
    return ok
  } catch (error) {
    line({
      level: 50,
      time: Date.now(),
      service: 'chronos',
      msg: 'maintenance',
      error: (error as Error).message,
    })
    return false
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0))
if (process.argv[2] === 'now') process.exit((await run()) ? 0 : 1)
for (;;) {
  const now = new Date()
  await wait(nextMaintenance(at, now).getTime() - now.getTime())
  await run()
}
