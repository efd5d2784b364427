/** HTTP entry: config, context, app, listen; and, where the roles say so, the workers in the same process. */
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { createContext } from './context.ts'
import { startJobs } from './jobs.ts'

const config = readConfig()
const context = await createContext(config)
const app = await buildApp(context)
const jobs = config.roles.has('worker') ? await startJobs(context) : null
await app.fastify.listen({ host: config.bind, port: config.apiPort })
context.logger.info({ address: `http://${config.bind}:${config.apiPort}` }, 'API is listening')

let closing = false
async function close(signal: string): Promise<void> {
  if (closing) return
  closing = true
  context.logger.info({ signal }, 'closing')
  await app.fastify.close()
  await jobs?.stop()
  await context.close()
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal))
