/** The handlers of every queue, wired to the context; run by the worker, or by the API where it has both roles. */
import { CONSTRAINTS } from './constraints.ts'
import { translate } from './plugins/errors.ts'
import type { Config } from './config.ts'
import type { AppContext } from './context.ts'
import { auditJobs, scheduleSealing, scheduleVerification } from './modules/audit/audit.jobs.ts'
import { exportJobs } from './modules/exports/exports.jobs.ts'
import { housekeepingJobs, scheduleHousekeeping } from './modules/housekeeping/housekeeping.jobs.ts'
import { identityJobs } from './modules/identity/identity.jobs.ts'
import { importJobs } from './modules/imports/imports.jobs.ts'
import { mailJobs } from './modules/mail/mail.jobs.ts'
import { createGraphClient, type GraphClient } from './integrations/whatsapp/client.ts'
import { privacyJobs } from './modules/privacy/privacy.jobs.ts'
import { workspaceJobs } from './modules/workspace/deletion.jobs.ts'
import { whatsappJobs } from './modules/whatsapp/whatsapp.jobs.ts'
import { startWorkers, type JobHandler } from './platform/jobs.ts'
import { QUEUES } from './platform/queues.ts'

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
    ...importJobs({ ...context, refusalOf: (error) => translate(error, CONSTRAINTS) }),
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
  const endHousekeeping = scheduleHousekeeping(context.control, (error) =>
    context.logger.warn({ err: error }, 'housekeeping could not be asked for'),
  )
  const endSealing = scheduleSealing(context.control, (error) =>
    context.logger.warn({ err: error }, 'sealing the audit logs could not be asked for'),
  )
  const endVerification = scheduleVerification(context, (error) =>
    context.logger.warn({ err: error }, 'verifying the audit logs could not be asked for'),
  )
  return {
    async stop() {
      endVerification()
      endSealing()
      endHousekeeping()
      for (const end of unsubscribe) end()
      await workers.stop(20_000)
    },
  }
}
