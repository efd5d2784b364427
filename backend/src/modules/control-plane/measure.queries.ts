import type { PlanLimit } from '@chronos/contracts/workspace'
import type { ControlPlane } from '../../platform/control.ts'
import type { OwnRow } from './tenant-own.queries.ts'

/** What a tenant uses, and what operators are told of it; never an amount or a text. */
export async function noteMeasure(
  control: ControlPlane,
  tenantId: string,
  usage: Readonly<Record<PlanLimit, number>>,
  own: OwnRow,
  now: Date,
): Promise<void> {
  await control.query(
    `update control.registered_tenants set usage = $2, usage_at = $3, name = $4, support_until = $5, delete_after = $6,
       last_active_at = (select max(m.last_used_at) from control.memberships m where m.tenant_id = $1)
     where tenant_id = $1`,
    tenantId,
    JSON.stringify(usage),
    now,
    own.name,
    own.support_until,
    own.delete_after,
  )
}
