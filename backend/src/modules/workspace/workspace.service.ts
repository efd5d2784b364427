/** Settings of a workspace, and whom of outside it lets in. What is changed binds everybody from their next request on. */
import type { Workspace, WorkspaceUpdate } from '@chronos/contracts/workspace'
import { AppError, invariant } from '../../platform/errors.ts'
import { SYSTEM, type Tenant, type TenantQueries } from '../../platform/tenancy.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { hasSecondFactor } from '../factors/factors.service.ts'
import type { SessionDeps } from '../identity/sessions.service.ts'
import { standingChanged, supportNoted, workspaceRenamed } from '../identity/standing.service.ts'
import { usageSeenWithout } from '../plans/plans.rules.ts'
import { usageOf } from '../plans/plans.service.ts'
import * as queries from './workspace.queries.ts'

export async function getWorkspace(deps: SessionDeps, tenant: Tenant): Promise<Workspace> {
  const [row, { plan, usage }] = await Promise.all([
    queries.findWorkspace(tenant),
    // What the plan counts is counted whole, whoever asks; who may not see all accounts is not told what is in them.
    usageOf(deps, deps.tenancy.enter({ tenantId: tenant.id, actor: SYSTEM, requestId: null })),
  ])
  invariant(row, 'a workspace that somebody is in is there')
  const supported = row.support_until !== null && deps.clock.now() < new Date(row.support_until)
  return {
    id: tenant.id,
    name: row.name,
    currency: row.currency,
    locale: row.locale,
    timezone: row.timezone,
    requireSecondFactor: row.require_second_factor,
    idleMinutes: row.idle_minutes,
    plan: { id: plan.id, name: plan.name },
    usage: usageSeenWithout(tenant.actor.userId === null ? [] : tenant.actor.hiddenAccounts, usage),
    features: plan.features,
    deletion:
      row.deletion_requested_at === null || row.delete_after === null
        ? null
        : {
            requestedAt: row.deletion_requested_at,
            deleteAfter: row.delete_after,
            exportId: row.deletion_export_id,
          },
    supportAccess:
      supported && row.support_until !== null
        ? { until: row.support_until, reason: row.support_reason ?? '' }
        : null,
    createdAt: row.created_at,
    version: row.version,
  }
}

/** @throws AppError precondition_failed; second_factor_missing for who would ask others for what they do not have */
export async function updateWorkspace(
  deps: SessionDeps,
  tenant: Tenant,
  caller: Caller,
  patch: WorkspaceUpdate,
  expectedVersion: number | null,
): Promise<Workspace> {
  if (patch.requireSecondFactor && !(await hasSecondFactor(deps.control, caller.identityId))) {
    throw new AppError('second_factor_missing', {
      detail: 'Set up a second factor of your own first: else you would lock yourself out',
    })
  }
  const name = await tenant.command(async (tx) => {
    const before = await lock(tx)
    if (expectedVersion !== null && before.version !== expectedVersion)
      throw new AppError('precondition_failed', { detail: 'The workspace has changed since you saw it' })
    const after = {
      name: patch.name ?? before.name,
      currency: patch.currency ?? before.currency,
      locale: patch.locale ?? before.locale,
      timezone: patch.timezone ?? before.timezone,
      require_second_factor: patch.requireSecondFactor ?? before.require_second_factor,
      idle_minutes: patch.idleMinutes === undefined ? before.idle_minutes : patch.idleMinutes,
    }
    await queries.updateWorkspace(tx, after, deps.clock.now())
    tx.changed('workspace', 'audit')
    return after.name
  })
  if (patch.name !== undefined) await workspaceRenamed(deps.control, tenant.id, name)
  await standingChanged(deps, { tenantId: tenant.id })
  return getWorkspace(deps, tenant)
}

/** Lets operators look in, reading only, for some hours. */
export async function allowSupport(
  deps: SessionDeps,
  tenant: Tenant,
  { hours, reason }: { hours: number; reason: string },
): Promise<Workspace> {
  const now = deps.clock.now()
  const until = new Date(now.getTime() + hours * 3_600_000)
  await tenant.command(async (tx) => {
    await lock(tx)
    await queries.setSupport(tx, { until, reason }, now)
    await recordAuditEvent(tx, {
      action: 'support.allowed',
      entity: 'workspace',
      entityId: tenant.id,
      after: { until: until.toISOString(), reason },
      at: now,
    })
    tx.changed('workspace', 'audit')
  })
  await supportNoted(deps.control, tenant.id, until)
  return getWorkspace(deps, tenant)
}

/** Ends it at once; where there was none, nothing happens. */
export async function endSupport(deps: SessionDeps, tenant: Tenant): Promise<Workspace> {
  const now = deps.clock.now()
  await supportNoted(deps.control, tenant.id, null)
  await tenant.command(async (tx) => {
    const before = await lock(tx)
    if (before.support_until === null) return
    await queries.setSupport(tx, null, now)
    const what = { entity: 'workspace', entityId: tenant.id, at: now }
    await recordAuditEvent(tx, { action: 'support.ended', ...what })
    tx.changed('workspace', 'audit')
  })
  return getWorkspace(deps, tenant)
}

async function lock(tx: TenantQueries): Promise<queries.WorkspaceRow> {
  const row = await queries.lockWorkspace(tx)
  invariant(row, 'a workspace that somebody is in is there')
  return row
}
