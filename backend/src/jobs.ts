/** The handlers of every queue, wired to the context, for the role worker; and what the role scheduler asks for. */
import { CONSTRAINTS } from './constraints.ts'
import { translate } from './plugins/errors.ts'
import type { Config } from './config.ts'
import type { AppContext } from './context.ts'
import { auditJobs, SEALING, VERIFICATION } from './modules/audit/audit.jobs.ts'
import { exportJobs } from './modules/exports/exports.jobs.ts'
import { HOUSEKEEPING, housekeepingJobs } from './modules/housekeeping/housekeeping.jobs.ts'
import { identityJobs } from './modules/identity/identity.jobs.ts'
import { importJobs } from './modules/imports/imports.jobs.ts'
import { mailJobs } from './modules/mail/mail.jobs.ts'
import { createGraphClient, type GraphClient } from './integrations/whatsapp/client.ts'
import { privacyJobs } from './modules/privacy/privacy.jobs.ts'
import { workspaceJobs } from './modules/workspace/deletion.jobs.ts'
import { whatsappJobs } from './modules/whatsapp/whatsapp.jobs.ts'
import { startWorkers, type JobHandler } from './platform/jobs.ts'
import { QUEUES } from './platform/queues.ts'
import { startScheduler, type Schedule } from './platform/schedules.ts'

export interface RunningJobs {
  stop(): Promise<void>
}

function graphOf({ whatsapp }: Config): GraphClient | null {
  const { apiToken, phoneNumberId, graphUrl, graphVersion } = whatsapp
  if (apiToken === undefined || phoneNumberId === undefined) return null
  return createGraphClient({ baseUrl: graphUrl, version: graphVersion, phoneNumberId, token: apiToken })
}

function handlers(context: AppContext): JobHandler[] {
  return [
    ...importJobs({ ...context, log: context.logger, refusalOf: (error) => translate(error, CONSTRAINTS) }),
    ...auditJobs({ ...context, headFile: context.config.auditHeadFile }),
    ...exportJobs({ ...context, log: context.logger }),
    ...housekeepingJobs(context),
    ...identityJobs(context),
    ...mailJobs({ ...context, publicUrl: context.config.publicUrl }),
    ...privacyJobs({ ...context, log: context.logger }),
    ...workspaceJobs({ ...context, log: context.logger }),
    ...whatsappJobs({ ...context, log: context.logger, graph: graphOf(context.config) }),
  ]
}

export async function startJobs(context: AppContext): Promise<RunningJobs> {
  const workers = await startWorkers(
    context.config.controlUrl,
    handlers(context),
    context.logger,
    context.faults,
  )
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

const SCHEDULES: readonly Schedule[] = [SEALING, VERIFICATION, HOUSEKEEPING]

/** Asks for what recurs. @returns what ends it */
export function startSchedules({ control, clock, bus, logger }: AppContext): () => void {
  return startScheduler(SCHEDULES, {
    control,
    clock,
    asked: (queue) => bus.poke(queue),
    failed: (queue, error) => logger.warn({ err: error, queue }, 'a scheduled job could not be asked for'),
  })
}
