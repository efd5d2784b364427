/** The handlers of every queue, wired to the context; run by the worker, or by the API where it has both roles. */
import type { AppContext } from './context.ts'
import { importJobs } from './modules/imports/imports.jobs.ts'
import { startWorkers, type JobHandler } from './platform/jobs.ts'
import { QUEUES } from './platform/queues.ts'

export interface RunningJobs {
  stop(): Promise<void>
}

function handlers(context: AppContext): JobHandler[] {
  return [...importJobs(context)]
}

export async function startJobs(context: AppContext): Promise<RunningJobs> {
  const workers = await startWorkers(context.config.controlUrl, handlers(context), context.logger)
  const unsubscribe = Object.values(QUEUES).map(({ name }) =>
    context.bus.onPoke(name, () => workers.poke(name)),
  )
  return {
    async stop() {
      for (const end of unsubscribe) end()
      await workers.stop(20_000)
    },
  }
}
