/** Tenants and plans as operators see them: counts and states, by the control login alone. */
import type { TENANT_STATES } from '@chronos/contracts/control'
import type { Feature, PlanLimit, PlanLimits } from '@chronos/contracts/workspace'
import { decodeCursor } from '../../platform/cursor.ts'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import type { FeatureOverrides, LimitOverrides } from '../plans/plans.rules.ts'

export interface Overrides {
  limits: LimitOverrides
  features: FeatureOverrides
}

export interface ControlTenantRow {
  tenant_id: string
  name: string
  plan_id: string
  plan_limits: PlanLimits
  plan_features: Record<Feature, boolean>
  overrides: Overrides
  status: (typeof TENANT_STATES)[number]
  suspended_reason: string | null
  usage: Partial<Record<PlanLimit, number>>
  usage_at: string | null
  support_until: string | null
  delete_after: string | null
  created_at: string
  last_active_at: string | null
  version: number
}

const TENANTS = `select t.tenant_id::text, t.name, t.plan_id, p.limits as plan_limits, p.features as plan_features, t.overrides,
    t.status, t.suspended_reason, t.usage, t.usage_at, t.support_until, t.delete_after, t.created_at, t.last_active_at, t.version
  from control.registered_tenants t join control.plans p on p.id = t.plan_id`

/** Newest first; one more than the limit. `q` is the beginning of a name, or an id. */
export function listTenants(
  control: ControlPlane,
  filter: {
    limit: number
    cursor?: string | undefined
    q?: string | undefined
    status?: string | undefined
  },
): Promise<ControlTenantRow[]> {
  const [at, id] = decodeCursor(filter.cursor, ['instant', 'uuid'])
  return control.query<ControlTenantRow>(
    `${TENANTS} where ($1::timestamptz is null or (t.created_at, t.tenant_id) < ($1, $2::uuid))
       and ($3::text is null or starts_with(lower(t.name), lower($3)) or t.tenant_id::text = lower($3))
       and ($4::text is null or t.status = $4)
     order by t.created_at desc, t.tenant_id desc limit $5`,
    at,
    id,
    filter.q ?? null,
    filter.status ?? null,
    filter.limit + 1,
  )
}

export async function findTenant(queries: ControlQueries, id: string): Promise<ControlTenantRow | null> {
  const [row] = await queries.query<ControlTenantRow>(`${TENANTS} where t.tenant_id = $1`, id)
  return row ?? null
}

/** @returns false where there is no such plan */
export async function insertTenant(
  queries: ControlQueries,
  tenant: { id: string; name: string; planId: string | null },
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into control.registered_tenants (tenant_id, name, plan_id, status, overrides, usage, created_at)
     select $1, $2, p.id, 'active', '{"limits": {}, "features": {}}', '{}', $4
     from control.plans p where ($3::text is null and p.is_default) or p.id = $3 returning tenant_id`,
    tenant.id,
    tenant.name,
    tenant.planId,
    now,
  )
  return rows.length === 1
}

/** @returns false where the tenant was not in the state `from` */
export async function setStatus(
  queries: ControlQueries,
  id: string,
  from: string,
  to: string,
  reason: string | null,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.registered_tenants set status = $3, suspended_reason = $4, suspended_at = $5, version = version + 1
     where tenant_id = $1 and status = $2 returning tenant_id`,
    id,
    from,
    to,
    reason,
    to === 'suspended' ? now : null,
  )
  return rows.length === 1
}

export async function setOverrides(
  queries: ControlQueries,
  id: string,
  overrides: Overrides,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.registered_tenants set overrides = $2, version = version + 1 where tenant_id = $1 returning tenant_id`,
    id,
    JSON.stringify(overrides),
  )
  return rows.length === 1
}

/** @returns false where there is no such tenant or plan */
export async function setPlan(queries: ControlQueries, id: string, planId: string): Promise<boolean> {
  const rows = await queries.query(
    `update control.registered_tenants t set plan_id = p.id, version = t.version + 1
     from control.plans p where t.tenant_id = $1 and p.id = $2 returning t.tenant_id`,
    id,
    planId,
  )
  return rows.length === 1
}

/** @returns the tenant that this signature was first taken for; null where it is new */
export async function takeSignature(
  queries: ControlQueries,
  hash: string,
  tenantId: string,
  now: Date,
): Promise<string | null> {
  await queries.query(
    'delete from control.billing_signatures where at < $1',
    new Date(now.getTime() - 86_400_000),
  )
  const rows = await queries.query(
    `insert into control.billing_signatures (signature_hash, tenant_id, at) values ($1, $2, $3)
     on conflict (signature_hash) do nothing returning tenant_id`,
    hash,
    tenantId,
    now,
  )
  if (rows.length === 1) return null
  const [known] = await queries.query<{ tenant_id: string }>(
    'select tenant_id::text from control.billing_signatures where signature_hash = $1',
    hash,
  )
  return known?.tenant_id ?? tenantId
}

export interface PlanRow {
  id: string
  name: string
  limits: PlanLimits
  features: Record<Feature, boolean>
  is_default: boolean
  tenants: number
  version: number
}

const PLANS = `select p.id, p.name, p.limits, p.features, p.is_default, p.version,
    (select count(*)::int from control.registered_tenants t where t.plan_id = p.id) as tenants
  from control.plans p`

export function listPlans(
  control: ControlPlane,
  limit: number,
  cursor: string | undefined,
): Promise<PlanRow[]> {
  const [after] = decodeCursor(cursor, ['text'])
  return control.query<PlanRow>(
    `${PLANS} where $1::text is null or p.id > $1 order by p.id limit $2`,
    after,
    limit + 1,
  )
}

export async function findPlan(queries: ControlQueries, id: string): Promise<PlanRow | null> {
  const [row] = await queries.query<PlanRow>(`${PLANS} where p.id = $1`, id)
  return row ?? null
}

/** Where the plan becomes the default one, the one before it no longer is. There is always one. */
export async function putPlan(
  queries: ControlQueries,
  plan: Pick<PlanRow, 'id' | 'name' | 'limits' | 'features' | 'is_default'>,
  now: Date,
): Promise<void> {
  if (plan.is_default) {
    await queries.query(
      'update control.plans set is_default = false, version = version + 1, updated_at = $2 where is_default and id <> $1',
      plan.id,
      now,
    )
  }
  await queries.query(
    `insert into control.plans (id, name, limits, features, is_default, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $6)
     on conflict (id) do update set name = excluded.name, limits = excluded.limits, features = excluded.features,
       is_default = control.plans.is_default or excluded.is_default, updated_at = excluded.updated_at,
       version = control.plans.version + 1`,
    plan.id,
    plan.name,
    JSON.stringify(plan.limits),
    JSON.stringify(plan.features),
    plan.is_default,
    now,
  )
}

export async function listTenantsOfPlan(queries: ControlQueries, planId: string): Promise<string[]> {
  const rows = await queries.query<{ id: string }>(
    'select tenant_id::text as id from control.registered_tenants where plan_id = $1',
    planId,
  )
  return rows.map((row) => row.id)
}

/** Events of the tenant's senders that came while it was suspended: each gets its job again, and takes its turn from now on. */
export async function wakeWaitingEvents(
  queries: ControlQueries,
  tenantId: string,
  now: Date,
): Promise<number> {
  const rows = await queries.query(
    `select control.enqueue_in_turn('whatsapp.inbound', id, $2::timestamptz + (place - 1) * interval '1 second')
     from (
       select e.id, row_number() over (order by e.received_at, e.id) as place
       from control.inbound_events e
       join control.whatsapp_senders s on s.phone_number_id = e.phone_number_id and s.sender_key = e.sender_key
       where s.tenant_id = $1 and e.processed_at is null
     ) waiting`,
    tenantId,
    now,
  )
  return rows.length
}
