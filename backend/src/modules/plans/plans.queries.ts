/** Plans, and which tenant is on which (control plane); and a tenant's own counts, by its own handle. */
import type { Feature, PlanLimit, PlanLimits } from '@chronos/contracts/workspace'
import type { ControlPlane } from '../../platform/control.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import type { FeatureOverrides, LimitOverrides } from './plans.rules.ts'

/** What is set for one tenant alone, in place of what its plan says. */
export interface Overrides {
  limits: LimitOverrides
  features: FeatureOverrides
}

export interface TenantPlanRow {
  plan_id: string
  plan_name: string
  limits: PlanLimits
  features: Record<Feature, boolean>
  overrides: Overrides
  status: 'active' | 'suspended' | 'deleting'
}

export async function findTenantPlan(control: ControlPlane, tenantId: string): Promise<TenantPlanRow | null> {
  const [row] = await control.run<TenantPlanRow>({
    name: 'tenant-plan',
    text: `select t.plan_id, p.name as plan_name, p.limits, p.features, t.overrides, t.status
      from control.registered_tenants t join control.plans p on p.id = t.plan_id where t.tenant_id = $1`,
    values: [tenantId],
  })
  return row ?? null
}

/**
 * Ids are made of their time (UUIDv7), so what was made since an instant is a range of the primary key: counting it
 * reads no more than it counts.
 */
function idsSince(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

/** How much of a limit is used, rows that are hidden from the actor with it. @param monthStart of limits by month */
export async function countUsed(tx: TenantQueries, limit: PlanLimit, monthStart: Date): Promise<number> {
  const [row] = await tx.query<{ used: number }>(
    'select app.count_used($1::uuid, $2, $3::uuid) as used',
    tx.tenantId,
    limit,
    idsSince(monthStart),
  )
  return row?.used ?? 0
}

/** Holds the tenant's row, so that two who take the last place come one after the other. */
export async function holdTenant(tx: TenantQueries): Promise<void> {
  await tx.query('select 1 from app.tenants where tenant_id = $1::uuid for no key update', tx.tenantId)
}
