/** Large imports. A job that runs twice books nothing twice: each piece is locked, and says whether it was done. */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { AppError } from '../../platform/errors.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import type { Log } from '../../platform/log.ts'
import { SYSTEM, type Tenancy, type Tenant } from '../../platform/tenancy.ts'
import { actorFor } from '../identity/membership.service.ts'
import { analyzeImported } from './apply.queries.ts'
import { applyPieces, failImport, undoPieces } from './apply.service.ts'
import { findImport } from './imports.queries.ts'

export interface ImportJobDeps {
  tenancy: Tenancy
  control: ControlPlane
  clock: Clock
  log: Log
  /** What the API would have answered to an error. */
  refusalOf(error: unknown): AppError
}

export function importJobs(deps: ImportJobDeps): JobHandler[] {
  const run = async (
    payload: { tenantId: string | null; subjectId: string | null },
    work: (tenant: Tenant, importId: string) => Promise<void>,
  ): Promise<void> => {
    const { tenantId, subjectId } = payload
    if (tenantId === null || subjectId === null) return
    const record = await findImport(
      deps.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null }),
      subjectId,
    )
    if (!record) return
    const userId = record.acted_by
    // What is booked is booked in the name of whoever said so, who may have been kept from an account since.
    const actor = userId === null ? SYSTEM : await actorFor(deps.tenancy, 'import', { tenantId, userId })
    const tenant = deps.tenancy.enter({ tenantId, actor, requestId: null })
    try {
      await work(tenant, subjectId)
      await analyze(deps)
    } catch (error) {
      // A refusal will be the same next time; everything else is worth another try.
      const refusal = deps.refusalOf(error)
      if (refusal.status >= 500) throw error
      await failImport(tenant, subjectId, refusal.message, deps.clock.now())
    }
  }
  return [
    {
      queue: 'imports.apply',
      handle: (payload) => run(payload, (tenant, id) => applyPieces(tenant, id, deps.clock.now())),
    },
    {
      queue: 'imports.undo',
      handle: (payload) => run(payload, (tenant, id) => undoPieces(tenant, id, deps.clock.now())),
    },
  ]
}

/** What was booked stays booked where the statistics could not be had: autovacuum brings them a little later. */
async function analyze({ control, log }: ImportJobDeps): Promise<void> {
  try {
    await analyzeImported(control)
  } catch (error) {
    log.warn({ err: error }, 'no statistics after an import')
  }
}
