/**
 * One process of the product, whatever set of roles it has: config, context, jobs, listen, graceful close. Where none
 * of its roles is reached by HTTP it answers its health alone, on WORKER_PORT.
 */
import { writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { startAlarmWatch } from './alarm-watch.ts'
import { buildApp } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { createContext, type AppContext } from './context.ts'
import { startJobs, startSchedules } from './jobs.ts'
import { joinMeasures, type Measures } from './platform/measures-of-all.ts'
import { processMeasures } from './platform/measures.ts'
import { HTTP_ROLES, type ProcessRole } from './process-roles.ts'
import { processesOf, READY, runProcesses } from './run-processes.ts'
import { buildWorkerHttp } from './worker-http.ts'

const HEARTBEAT_MS = 10_000

/** Runs until the process is asked to end. @param defaults its roles where CHRONOS_ROLES says nothing */
export async function runProcess(defaults: readonly ProcessRole[]): Promise<void> {
  const config = readConfig(undefined, defaults)
  const processes = processesOf(config)
  if (processes !== null) return runProcesses(config, processes)
  await runOne(config)
}

async function runOne(config: Config): Promise<void> {
  const context = await createContext(config)
  const { roles } = config
  const endAlarmWatch = startAlarmWatch(context)
  let closing = false
  const jobs = roles.has('worker') ? await startJobs(context) : null
  const endSchedules = roles.has('scheduler') ? startSchedules(context) : null
  await context.openConnections()
  const http = await listen(context, () => closing)
  // Nobody can scrape it: its jobs are told of by those beside it.
  if (http === null) joinMeasures(async () => (await processMeasures.getMetricsAsJSON()) as Measures)
  const endHeartbeat = await startHeartbeat(context)
  context.logger.info(
    { roles: [...roles], address: http?.address, database: databaseOf(config.databaseUrl) },
    'listening',
  )
  if (jobs !== null) context.logger.info('worker is waiting for jobs')
  if (config.environment === 'production' && config.email.host === undefined)
    context.logger.warn(
      'EMAIL_HOST is not set: no mail leaves. Off are verifying e-mails, resetting passwords, invitations and notices by mail; make person-reset-link prints a link to a new password.',
    )

  const close = async (signal: string): Promise<void> => {
    if (closing) return
    closing = true
    context.logger.info({ signal }, 'closing')
    endHeartbeat()
    endAlarmWatch()
    endSchedules?.()
    // Not ready any more, and still serving: load balancers have that long to leave. Jobs end meanwhile.
    await Promise.all([wait(config.drainSeconds * 1000), jobs?.stop()])
    await http?.app.close()
    await context.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal))
  // Whoever started several of these is told that this one is there.
  process.send?.(READY)
}

/** Serves the roles that are reached by HTTP; else health, where WORKER_PORT is set. */
async function listen(
  context: AppContext,
  isDraining: () => boolean,
): Promise<{ app: FastifyInstance; address: string } | null> {
  const { roles, bind: host, apiPort, workerPort } = context.config
  const isServing = HTTP_ROLES.some((role) => roles.has(role))
  if (!isServing && workerPort === undefined) return null
  const app = isServing ? (await buildApp(context, isDraining)).fastify : buildWorkerHttp(context, isDraining)
  return { app, address: await app.listen({ host, port: isServing ? apiPort : (workerPort ?? 0) }) }
}

/** Touches HEARTBEAT_FILE while the process reaches the database, for whoever would rather look at a file. */
async function startHeartbeat({ config, pingDatabase, logger }: AppContext): Promise<() => void> {
  const { heartbeatFile } = config
  if (heartbeatFile === undefined) return () => undefined
  const beat = async (): Promise<void> => {
    try {
      await pingDatabase()
      await writeFile(heartbeatFile, new Date().toISOString())
    } catch (error) {
      logger.warn({ err: error }, 'no heartbeat')
    }
  }
  await beat()
  const timer = setInterval(() => void beat(), HEARTBEAT_MS)
  return () => clearInterval(timer)
}

/** Login, server and database, without the password. */
function databaseOf(address: string): string {
  const { username, host, pathname } = new URL(address)
  return `${username}@${host}${pathname}`
}
