/** Job entry: config, context, queues, graceful close. */
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startJobs } from './jobs.ts'

const config = readConfig()
const context = await createContext(config)
const jobs = await startJobs(context)
context.logger.info('worker is waiting for jobs')

let closing = false
async function close(signal: string): Promise<void> {
  if (closing) return
  closing = true
  context.logger.info({ signal }, 'closing')
  await jobs.stop()
  await context.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal))
