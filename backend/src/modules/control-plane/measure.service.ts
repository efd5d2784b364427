import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { SYSTEM, type Tenancy } from '../../platform/tenancy.ts'
import { countAll } from '../plans/plans.service.ts'
import { noteMeasure } from './measure.queries.ts'
import { findOwn } from './tenant-own.queries.ts'

/**
 * Counts what a tenant uses and tells the control plane, which sees no tenant table itself. A job does it; what
 * operators see is as old as it says.
 */
export async function measureTenant(
  { control, tenancy, clock }: { control: ControlPlane; tenancy: Tenancy; clock: Clock },
  tenantId: string,
): Promise<void> {
  const tenant = tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  const own = await tenant.bulk(findOwn)
  if (!own) return
  await noteMeasure(control, tenantId, await countAll({ clock }, tenant), own, clock.now())
}
