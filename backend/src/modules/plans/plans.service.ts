/**
 * What the plan of a workspace lets it do. Plans are data of the control plane; a workspace's own rows are counted by
 * its own handle. A limit of null is never counted. Who changes a plan, or what is set for one tenant, calls
 * forgetPlans: it holds from the next request on.
 */
import type { Feature, PlanLimit, PlanLimits } from '@chronos/contracts/workspace'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import { AppError, invariant } from '../../platform/errors.ts'
import type { Store } from '../../platform/store.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import * as queries from './plans.queries.ts'
import {
  FEATURE_NAMES,
  featuresWith,
  isUseSeenWithout,
  LIMIT_NAMES,
  LIMITS,
  limitsWith,
  monthStartOf,
  usageAgainst,
  type UsageOfLimit,
} from './plans.rules.ts'

export interface PlanDeps {
  control: ControlPlane
  store: Store
  clock: Clock
}

export interface TenantPlan {
  id: string
  name: string
  /** Of the plan, with what is set for this tenant alone. */
  limits: PlanLimits
  features: Record<Feature, boolean>
  status: 'active' | 'suspended' | 'deleting'
}

const CACHED_SECONDS = 60
const cacheKey = (tenantId: string): string => `plan:${tenantId}`

/** The plan of a workspace, from the store, else from PostgreSQL. */
export async function planOf(
  deps: Pick<PlanDeps, 'control' | 'store'>,
  tenantId: string,
): Promise<TenantPlan> {
  const cached = await deps.store.get(cacheKey(tenantId))
  if (cached !== null) return JSON.parse(cached) as TenantPlan
  const row = await queries.findTenantPlan(deps.control, tenantId)
  invariant(row, 'a workspace that somebody belongs to is known to the control plane')
  const plan: TenantPlan = {
    id: row.plan_id,
    name: row.plan_name,
    limits: limitsWith(row.limits, row.overrides.limits),
    features: featuresWith(row.features, row.overrides.features),
    status: row.status,
  }
  await deps.store.set(cacheKey(tenantId), JSON.stringify(plan), CACHED_SECONDS)
  return plan
}

/** After the plan of these tenants has changed: it holds from their next request on. */
export async function forgetPlans(
  { store }: Pick<PlanDeps, 'store'>,
  tenantIds: readonly string[],
): Promise<void> {
  for (const id of tenantIds) await store.delete(cacheKey(id))
}

/** @throws AppError feature_off */
export async function assertFeature(
  deps: Pick<PlanDeps, 'control' | 'store'>,
  tenantId: string,
  feature: Feature,
): Promise<void> {
  const plan = await planOf(deps, tenantId)
  if (plan.features[feature]) return
  throw new AppError('feature_off', {
    detail: `The plan of this workspace (${plan.name}) has no ${FEATURE_NAMES[feature]}`,
  })
}

/** Counts of so large a limit are remembered for a minute, while four fifths of it are free. */
const REMEMBERED_FROM = 10_000

/**
 * Whether so many more fit into the plan, in the transaction that makes them. Members and accounts are counted one
 * transaction after the other, so that two who take the last place do not both get it; what is made all day long is
 * not held up for that. Rows that are hidden from the actor are counted too, and the refusal does not tell their number.
 * @param adding how many more; of `storageBytes`, bytes; 0 where they are made already, and go again by a refusal
 * @throws AppError plan_limit
 */
export async function assertRoom(
  deps: PlanDeps,
  tx: TenantQueries,
  limit: PlanLimit,
  adding = 1,
): Promise<void> {
  const plan = await planOf(deps, tx.tenantId)
  const most = plan.limits[limit]
  if (most === null) return
  if (limit === 'members' || limit === 'accounts') await queries.holdTenant(tx)
  const monthStart = monthStartOf(deps.clock.now())
  const key = `plan-used:${tx.tenantId}:${limit}:${monthStart.getTime()}`
  const remembered = most >= REMEMBERED_FROM && adding <= 1 ? await deps.store.get(key) : null
  if (remembered !== null) return
  const used = await queries.countUsed(tx, limit, monthStart)
  if (used + adding > most) {
    const hidden = tx.actor.userId === null ? [] : tx.actor.hiddenAccounts
    const told = isUseSeenWithout(hidden, limit) ? `; ${used} are used` : ''
    throw new AppError('plan_limit', {
      detail: `The plan of this workspace (${plan.name}) allows ${most} ${LIMIT_NAMES[limit]}${told}`,
    })
  }
  if (most >= REMEMBERED_FROM && !usageAgainst(most, used + adding).warning) {
    await deps.store.set(key, String(used), CACHED_SECONDS)
  }
}

/** Use of each limit, counted now: for pages that show it, not for hot paths. */
export async function usageOf(
  deps: PlanDeps,
  tenant: Tenant,
): Promise<{ plan: TenantPlan; usage: Record<PlanLimit, UsageOfLimit> }> {
  const plan = await planOf(deps, tenant.id)
  const used = await countAll(deps, tenant)
  const usage = Object.fromEntries(
    LIMITS.map((name) => [name, usageAgainst(plan.limits[name], used[name])]),
  ) as Record<PlanLimit, UsageOfLimit>
  return { plan, usage }
}

/** Counts of everything that a plan can limit. */
export function countAll(
  { clock }: Pick<PlanDeps, 'clock'>,
  tenant: Tenant,
): Promise<Record<PlanLimit, number>> {
  const monthStart = monthStartOf(clock.now())
  return tenant.bulk(async (tx) => {
    const counts: Partial<Record<PlanLimit, number>> = {}
    for (const name of LIMITS) counts[name] = await queries.countUsed(tx, name, monthStart)
    return counts as Record<PlanLimit, number>
  })
}
