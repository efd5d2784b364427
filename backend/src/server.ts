/** HTTP entry: config, context, app, listen; and, where the roles say so, the workers in the same process. */
import { setTimeout as wait } from 'node:timers/promises'
import { buildApp } from './app.ts'
import { startAlarmWatch } from './alarm-watch.ts'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startJobs } from './jobs.ts'

const config = readConfig()
const context = await createContext(config)
const endAlarmWatch = startAlarmWatch(context)
let closing = false
const app = await buildApp(context, () => closing)
const jobs = config.roles.has('worker') ? await startJobs(context) : null
await context.openConnections()
await app.fastify.listen({ host: config.bind, port: config.apiPort })
context.logger.info(
  { address: `http://${config.bind}:${config.apiPort}`, database: databaseOf(config.databaseUrl) },
  'API is listening',
)
if (config.environment === 'production' && config.email.host === undefined)
  context.logger.warn(
    'EMAIL_HOST is not set: no mail leaves. Off are verifying e-mails, resetting passwords, invitations and notices by mail.',
  )

/** Login, server and database, without the password. */
function databaseOf(address: string): string {
  const { username, host, pathname } = new URL(address)
  return `${username}@${host}${pathname}`
}

async function close(signal: string): Promise<void> {
  if (closing) return
  closing = true
  context.logger.info({ signal }, 'closing')
  endAlarmWatch()
  // Not ready any more, and still serving: load balancers have that long to leave.
  await wait(config.drainSeconds * 1000)
  await app.fastify.close()
  await jobs?.stop()
  await context.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal))
