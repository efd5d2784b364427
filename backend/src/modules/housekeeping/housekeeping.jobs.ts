/** Forgets what is no longer needed, once an hour in whichever process takes the job. Doing it twice is harmless. */
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { EventBus } from '../../platform/events.ts'
import type { JobHandler } from '../../platform/jobs.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Schedule } from '../../platform/schedules.ts'
import { SYSTEM, type Tenancy } from '../../platform/tenancy.ts'
import { measureTenant } from '../control-plane/measure.service.ts'
import { endSupportSessions } from '../control-plane/support.service.ts'
import { applyRetention } from '../retention/retention.service.ts'
import { askForDueDeletions } from '../control-plane/forget-tenant.service.ts'
import { expireExports as expireWorkspaceExports } from '../exports/exports.service.ts'
import { expireExports } from '../privacy/personal-export.service.ts'
import * as queries from './housekeeping.queries.ts'

export interface HousekeepingDeps {
  control: ControlPlane
  tenancy: Tenancy
  clock: Clock
  bus: EventBus
}

/** Once an hour. */
export const HOUSEKEEPING: Schedule = { queue: QUEUES.housekeeping.name, everySeconds: 3600 }

export function housekeepingJobs(deps: HousekeepingDeps): JobHandler[] {
  return [{ queue: 'housekeeping', handle: () => keepHouse(deps) }]
}

export async function keepHouse(deps: HousekeepingDeps): Promise<void> {
  const { control, tenancy, clock } = deps
  const now = clock.now()
  await queries.forgetControlRows(control, now)
  await endSupportSessions(deps, 'over')
  await expireExports(control, now)
  await askForDueDeletions(deps)
  for (const tenantId of await queries.listTenantIds(control)) {
    const tenant = tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
    await tenant.bulk((tx) => queries.forgetTenantRows(tx, now))
    await tenant.bulk((tx) => expireWorkspaceExports(tx, now))
    await applyRetention(tenant, now)
    await measureTenant(deps, tenantId)
  }
  // Last: it waits for locks, and gives up where others keep them.
  await queries.keepMonths(control, now)
}
