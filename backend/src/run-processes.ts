/**
 * Several processes on one host that share the port (API_PROCESSES), for a machine with more cores than one process
 * uses. This process serves nothing itself: it starts the others, starts another in the place of one that ended, and
 * passes on that they are to end. Roles without HTTP get one process of their own, so that jobs neither run once for
 * each core nor wait behind requests.
 */
import cluster, { type Worker } from 'node:cluster'
import { availableParallelism } from 'node:os'
import type { Config } from './config.ts'
import { createLogger } from './platform/log.ts'
import { addUpMeasures } from './platform/measures-of-all.ts'
import { HTTP_ROLES, type ProcessRole } from './process-roles.ts'

/** What a started process says once it is there. */
export const READY = 'ready'
/** A process that ended before it was ready is started again that much later, and so many times in a row. */
const RETRY_MS = 1000
const MAX_FAILED_STARTS = 5

/** The roles of each process; null where this one does it all, and in the started processes themselves. */
export function processesOf(config: Pick<Config, 'apiProcesses' | 'roles'>): ProcessRole[][] | null {
  const { apiProcesses, roles } = config
  if (!cluster.isPrimary) return null
  const count = apiProcesses === 'auto' ? availableParallelism() : apiProcesses
  const serving = HTTP_ROLES.filter((role) => roles.has(role))
  if (count === 1 || serving.length === 0) return null
  const others = [...roles].filter((role) => !serving.includes(role))
  return [...Array.from({ length: count }, () => serving), ...(others.length > 0 ? [others] : [])]
}

/** Runs them until this process is asked to end. Ends with 1 where they cannot be started. */
export function runProcesses(config: Config, processes: readonly ProcessRole[][]): void {
  const logger = createLogger(config.logLevel)
  logger.info({ processes: processes.map((roles) => roles.join(',')) }, 'starting processes')
  let closing = false
  let failedStarts = 0

  function start(roles: readonly ProcessRole[]): void {
    const worker = cluster.fork({ CHRONOS_ROLES: roles.join(',') })
    let isReady = false
    worker.on('message', (message) => {
      if (message !== READY) return
      isReady = true
      failedStarts = 0
    })
    worker.once('exit', (code, signal) => {
      if (closing) return
      logger.error({ pid: worker.process.pid, code, signal, roles }, 'a process ended; starting another')
      if (isReady) return start(roles)
      failedStarts += 1
      if (failedStarts < MAX_FAILED_STARTS) return void setTimeout(() => start(roles), RETRY_MS)
      logger.fatal('processes end before they are ready')
      void close('SIGTERM', 1)
    })
  }

  async function close(signal: NodeJS.Signals, exitCode: number): Promise<void> {
    if (closing) return
    closing = true
    await Promise.all(living().map((worker) => ended(worker, signal)))
    process.exit(exitCode)
  }

  addUpMeasures()
  for (const roles of processes) start(roles)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void close(signal, 0))
}

function living(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
}

function ended(worker: Worker, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve())
    worker.process.kill(signal)
  })
}
