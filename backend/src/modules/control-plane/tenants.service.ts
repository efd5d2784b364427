/**
 * What operators do with tenants. The control plane is changed first, with a line in the log of acts, in one
 * transaction; then the tenant is entered as an operator, so that its own audit log tells of it; then everybody who is
 * signed in there is made to ask again. Doing it twice changes nothing more. No amount and no text of a tenant is read.
 */
import type { ControlTenant, Plan, TenantCreate } from '@chronos/contracts/control'
import type { AuditEvent } from '@chronos/contracts/audit'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { pageOf } from '../../platform/cursor.ts'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import type { EventBus } from '../../platform/events.ts'
import { newId } from '../../platform/ids.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Store } from '../../platform/store.ts'
import type { Tenancy } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { droppedByOperator } from '../identity/first-proof.service.ts'
import { appointOwner } from '../identity/workspace-owner.service.ts'
import { forgetWorkspaceCallers } from '../identity/workspace-callers.service.ts'
import { featuresWith, LIMITS, limitsWith, usageAgainst } from '../plans/plans.rules.ts'
import { forgetPlans } from '../plans/plans.service.ts'
import { insertAct, type ActingOperator } from './acts.queries.ts'
import { setOwnStatus } from './tenant-own.queries.ts'
import * as queries from './tenants.queries.ts'

export type { ActingOperator } from './acts.queries.ts'

export interface TenantDeps {
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  bus: EventBus
  clock: Clock
  bcryptRounds: number
}

export function tenantOf(row: queries.ControlTenantRow): ControlTenant {
  const limits = limitsWith(row.plan_limits, row.overrides.limits)
  return {
    id: row.tenant_id,
    name: row.name,
    status: row.status,
    suspendedReason: row.suspended_reason,
    planId: row.plan_id,
    limits,
    features: featuresWith(row.plan_features, row.overrides.features),
    usage: Object.fromEntries(LIMITS.map((name) => [name, usageAgainst(limits[name], row.usage[name] ?? 0)])),
    usageAt: row.usage_at,
    supportUntil: row.support_until,
    deleteAfter: row.delete_after,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    version: row.version,
  }
}

/** @throws AppError not_found */
export async function getTenant(deps: Pick<TenantDeps, 'control'>, id: string): Promise<ControlTenant> {
  const row = await queries.findTenant(deps.control, id)
  if (!row) throw notFound('Tenant')
  return tenantOf(row)
}

const PAGE = 200

/** All of them, newest first, page by page. */
export async function* listAllTenants({
  control,
}: Pick<TenantDeps, 'control'>): AsyncGenerator<ControlTenant> {
  for (let cursor: string | undefined; ;) {
    const rows = await queries.listTenants(control, { limit: PAGE, cursor })
    const page = pageOf(rows, PAGE, tenantOf, (row) => [row.created_at, row.tenant_id])
    yield* page.items
    if (page.nextCursor === null) return
    cursor = page.nextCursor
  }
}

/** @throws AppError unknown_reference where there is no such plan */
export async function createTenant(
  deps: TenantDeps,
  input: TenantCreate,
  by: ActingOperator,
): Promise<ControlTenant> {
  const id = newId()
  const { name, ownerEmail, currency, locale, timezone, planId = null } = input
  const dropped = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    if (!(await queries.insertTenant(control, { id, name, planId }, now))) throw noSuchPlan()
    const workspace = { tenantId: id, name, ownerEmail, setup: { currency, locale, timezone } }
    const unproven = await appointOwner(deps, control, workspace, now)
    await insertAct(control, by, { act: 'tenant.created', tenantId: id, detail: name }, now)
    return unproven
  })
  if (dropped) await droppedByOperator(deps, dropped, by.requestId)
  deps.bus.poke(QUEUES.mails.name)
  return getTenant(deps, id)
}

/** @throws AppError not_found, conflict where it is suspended already */
export async function suspendTenant(
  deps: TenantDeps,
  id: string,
  reason: string,
  by: ActingOperator,
): Promise<ControlTenant> {
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await assertKnown(control, id)
    if (!(await queries.setStatus(control, id, 'active', 'suspended', reason, now))) {
      throw new AppError('conflict', { detail: 'This tenant is not active' })
    }
    await insertAct(control, by, { act: 'tenant.suspended', tenantId: id, detail: reason }, now)
  })
  await forgetEverything(deps, id)
  await tell(deps, id, by, 'operator.suspended', { reason }, 'suspended')
  return getTenant(deps, id)
}

/** @throws AppError not_found, conflict where it is not suspended */
export async function resumeTenant(deps: TenantDeps, id: string, by: ActingOperator): Promise<ControlTenant> {
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await assertKnown(control, id)
    if (!(await queries.setStatus(control, id, 'suspended', 'active', null, now))) {
      throw new AppError('conflict', { detail: 'This tenant is not suspended' })
    }
    await insertAct(control, by, { act: 'tenant.resumed', tenantId: id, detail: null }, now)
  })
  await tell(deps, id, by, 'operator.resumed', {}, 'active')
  await forgetEverything(deps, id)
  // What came by WhatsApp meanwhile has waited.
  if ((await queries.wakeWaitingEvents(deps.control, id, deps.clock.now())) > 0)
    deps.bus.poke(QUEUES.whatsappInbound.name)
  return getTenant(deps, id)
}

/** Sets what holds for this tenant alone; what is not named is the plan's. @throws AppError not_found */
export async function limitTenant(
  deps: TenantDeps,
  id: string,
  overrides: queries.Overrides,
  by: ActingOperator,
): Promise<ControlTenant> {
  await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    if (!(await queries.setOverrides(control, id, overrides))) throw notFound('Tenant')
    const detail = JSON.stringify(overrides)
    await insertAct(control, by, { act: 'tenant.limited', tenantId: id, detail }, now)
  })
  await forgetPlans(deps, [id])
  await tell(deps, id, by, 'operator.limits_changed', { ...overrides })
  return getTenant(deps, id)
}

/**
 * Puts a tenant on another plan.
 * @param signature of the billing system, where it asks: taken once, and again for the same tenant without effect
 * @throws AppError not_found, unknown_reference, unauthenticated for a signature that was for another tenant
 */
export async function setPlan(
  deps: TenantDeps,
  id: string,
  wanted: { planId: string; reference?: string | undefined },
  by: ActingOperator,
  signature: string | null = null,
): Promise<ControlTenant> {
  const isNew = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await assertKnown(control, id)
    const before = signature === null ? null : await queries.takeSignature(control, signature, id, now)
    if (before !== null && before !== id) {
      throw new AppError('unauthenticated', { detail: 'This signature was for another tenant' })
    }
    if (before !== null) return false
    if (!(await queries.setPlan(control, id, wanted.planId))) throw noSuchPlan()
    const detail = [wanted.planId, wanted.reference].filter((part) => part !== undefined).join(' ')
    await insertAct(control, by, { act: 'tenant.plan_changed', tenantId: id, detail }, now)
    return true
  })
  if (isNew) {
    await forgetPlans(deps, [id])
    await tell(deps, id, by, 'operator.plan_changed', { planId: wanted.planId })
  }
  return getTenant(deps, id)
}

export function planOfRow(row: queries.PlanRow): Plan {
  const { id, name, limits, features, tenants, version } = row
  return { id, name, limits, features, isDefault: row.is_default, tenants, version }
}

/** Makes a plan or changes it; it holds for all tenants on it from their next request on. */
export async function putPlan(
  deps: TenantDeps,
  plan: Pick<queries.PlanRow, 'id' | 'name' | 'limits' | 'features' | 'is_default'>,
  by: ActingOperator,
): Promise<Plan> {
  const { row, tenants } = await deps.control.transaction(async (control) => {
    const now = deps.clock.now()
    await queries.putPlan(control, plan, now)
    await insertAct(control, by, { act: 'plan.put', tenantId: null, detail: plan.id }, now)
    return {
      row: await queries.findPlan(control, plan.id),
      tenants: await queries.listTenantsOfPlan(control, plan.id),
    }
  })
  await forgetPlans(deps, tenants)
  invariant(row, 'a plan that was just put is there')
  return planOfRow(row)
}

async function assertKnown(control: ControlQueries, id: string): Promise<void> {
  if (!(await queries.findTenant(control, id))) throw notFound('Tenant')
}

async function forgetEverything(deps: TenantDeps, id: string): Promise<void> {
  await forgetPlans(deps, [id])
  await forgetWorkspaceCallers(deps, id)
}

/** Into the tenant's own audit log. A tenant whose owner has never entered it has none yet. */
async function tell(
  deps: TenantDeps,
  id: string,
  by: ActingOperator,
  action: AuditEvent,
  after: Record<string, unknown>,
  status?: 'active' | 'suspended',
): Promise<void> {
  const { requestId, ip } = by
  const tenant = deps.tenancy.enter({
    tenantId: id.toLowerCase(),
    actor: { type: 'operator', userId: null },
    requestId,
    ip,
  })
  await tenant.bulk(async (tx) => {
    const at = deps.clock.now()
    if (status !== undefined) await setOwnStatus(tx, status, at)
    await recordAuditEvent(tx, {
      action,
      entity: 'tenants',
      entityId: id.toLowerCase(),
      after: { operator: by.name, ...after },
      at,
    })
  })
}

function noSuchPlan(): AppError {
  return new AppError('unknown_reference', {
    detail: 'There is no such plan',
    fields: [{ path: 'planId', message: 'Not a plan' }],
  })
}
