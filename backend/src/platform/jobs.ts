/**
 * Workers of the job queue. Jobs are enqueued inside the business transaction (control.enqueue); here they are
 * fetched, with the control login, and handed over. A handler runs twice or more: it must do once what it does.
 */
import { PgBoss, type JobWithMetadata } from 'pg-boss'
import { AppError } from './errors.ts'
import { NO_FAULTS, type Faults } from './faults.ts'
import { safeErrorOf, type Log } from './log.ts'
import { countJob, type EndedJob } from './measures.ts'
import type { JobPayload, QueueName } from './queues.ts'
import { traced } from './tracing.ts'

export interface JobHandler {
  queue: QueueName
  /** How many jobs run at once in this process; 1 where not given. */
  concurrency?: number
  handle(payload: JobPayload, jobId: string): Promise<void>
}

export interface Workers {
  /** Looks for work at once, instead of at the next poll. */
  poke(queue: string): void
  /** Lets running jobs finish, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>
}

export async function startWorkers(
  controlUrl: string,
  handlers: readonly JobHandler[],
  log: Log,
  faults: Faults = NO_FAULTS,
): Promise<Workers> {
  const boss = new PgBoss({
    connectionString: controlUrl,
    application_name: 'chronos-worker',
    schema: 'pgboss',
    max: 6,
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: true,
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', (error: unknown) => log.error({ err: error }, 'job queue'))
  await boss.start()
  const workers = new Map<string, string[]>()
  for (const { queue, concurrency = 1, handle } of handlers) {
    const ids: string[] = []
    for (let index = 0; index < concurrency; index += 1) {
      let id = ''
      const options = { batchSize: 1, pollingIntervalSeconds: 1, includeMetadata: true } as const
      id = await boss.work(queue, options, async ([job]: JobWithMetadata<JobPayload>[]) => {
        if (!job) return
        // Where there was a job there may be another: look at once, else a backlog goes by one a second.
        boss.notifyWorker(id)
        const startedAt = performance.now()
        const waitedMs = Date.now() - job.startAfter.getTime()
        const ended = (result: EndedJob['result']): void =>
          countJob({ queue, result, waitedMs, ranMs: performance.now() - startedAt })
        try {
          await traced(
            {
              name: `job ${queue}`,
              kind: 'consumer',
              parent: job.data.trace,
              attributes: { 'messaging.destination.name': queue },
            },
            () => handle(job.data, job.id),
          )
        } catch (error) {
          const isOver = job.retryCount >= job.retryLimit
          ended(isOver ? 'gave_up' : 'retried')
          // What asks to come back later is no failure until it has come back often enough.
          const isLater = error instanceof AppError && error.code === 'unavailable'
          if (isOver || (job.retryCount === 0 && !isLater)) faults.report(error, { where: `job ${queue}` })
          log.error({ err: error, queue, jobId: job.id }, 'job failed')
          // The queue keeps what is thrown, as the job's output: without the values that an error carries.
          const { type, message } = safeErrorOf(error)
          throw new Error(`${type}: ${message}`)
        }
        ended('done')
      })
      ids.push(id)
    }
    workers.set(queue, ids)
  }
  return {
    poke(queue) {
      for (const id of workers.get(queue) ?? []) boss.notifyWorker(id)
    },
    stop: (timeoutMs) => boss.stop({ graceful: true, timeout: timeoutMs, close: true }),
  }
}
