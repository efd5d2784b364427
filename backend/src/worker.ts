/** Job entry: config, context, queues, graceful close. */
import { writeFile } from 'node:fs/promises'
import { startAlarmWatch } from './alarm-watch.ts'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startJobs } from './jobs.ts'
import { buildWorkerHttp } from './worker-http.ts'

const config = readConfig()
const context = await createContext(config)
const endAlarmWatch = startAlarmWatch(context)
const jobs = await startJobs(context)
let closing = false
const http = config.workerPort === undefined ? null : buildWorkerHttp(context, () => closing)
await http?.listen({ host: config.bind, port: config.workerPort ?? 0 })
context.logger.info('worker is waiting for jobs')

const { heartbeatFile } = config
const beat =
  heartbeatFile === undefined ? undefined : setInterval(() => void heartbeat(heartbeatFile), 10_000)
if (heartbeatFile !== undefined) await heartbeat(heartbeatFile)

/** For whoever watches a worker without asking it over HTTP: the age of this file. */
async function heartbeat(file: string): Promise<void> {
  try {
    await context.pingDatabase()
    await writeFile(file, new Date().toISOString())
  } catch (error) {
    context.logger.warn({ err: error }, 'no heartbeat')
  }
}

async function close(signal: string): Promise<void> {
  if (closing) return
  closing = true
  context.logger.info({ signal }, 'closing')
  endAlarmWatch()
  clearInterval(beat)
  await jobs.stop()
  await http?.close()
  await context.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal))
