/**
 * The end of a workspace. It is asked for by an owner, and comes 30 days later: until then everybody reads and exports,
 * nobody writes, and an owner can keep it. A full export of what the owner sees is made first. Then every row of it goes,
 * of every table there is. Each step of that can be done again, so that the job finishes what a process that died began.
 */
import type { Workspace } from '@chronos/contracts/workspace'
import { destroyDataKey } from '../../platform/data-keys.ts'
import { AppError } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import { SYSTEM, type Tenant } from '../../platform/tenancy.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { forgetAuditLogs } from '../audit/audit.service.ts'
import { deletionNoted, routesClosed, tenantForgotten } from '../control-plane/forget-tenant.service.ts'
import { askForExport } from '../exports/exports.service.ts'
import type { SessionDeps } from '../identity/sessions.service.ts'
import { endStanding, standingChanged } from '../identity/standing.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import * as queries from './deletion.queries.ts'
import { findWorkspace, lockWorkspace } from './workspace.queries.ts'
import { getWorkspace } from './workspace.service.ts'

const GRACE_MS = 30 * 86_400_000

/** @throws AppError invalid_request where the name is another one. Asking again changes nothing. */
export async function requestDeletion(
  deps: SessionDeps,
  tenant: Tenant,
  caller: Caller,
  typed: string,
): Promise<Workspace> {
  const now = deps.clock.now()
  const deleteAfter = new Date(now.getTime() + GRACE_MS)
  const isNew = await tenant.command(async (tx) => {
    const row = await lockWorkspace(tx)
    if (row?.name !== typed.trim().normalize('NFC')) {
      throw new AppError('invalid_request', {
        detail: 'Type the name of the workspace',
        fields: [{ path: 'name', message: 'This is not its name' }],
      })
    }
    if (row.deletion_requested_at !== null) return false
    const { id: exportId } = await askForExport(tx, caller.userId, now)
    await queries.setDeletion(tx, { deleteAfter, exportId }, now)
    tx.changed('workspace', 'audit')
    return true
  })
  if (isNew) {
    await deletionNoted(deps, tenant.id, deleteAfter)
    await standingChanged(deps, { tenantId: tenant.id })
    await tellEverybody(deps, tenant, 'workspace_deletion', deleteAfter)
  }
  return getWorkspace(deps, tenant)
}

/** Keeps it. Where it was not to be deleted, nothing happens. @throws AppError conflict once the days are over */
export async function cancelDeletion(deps: SessionDeps, tenant: Tenant): Promise<Workspace> {
  const wasLeaving = await tenant.command(async (tx) => {
    const row = await lockWorkspace(tx)
    if (!row || row.delete_after === null) return false
    if (new Date(row.delete_after) <= deps.clock.now())
      throw new AppError('conflict', { detail: 'The days of grace are over: it is being deleted' })
    await queries.setDeletion(tx, null, deps.clock.now())
    tx.changed('workspace', 'audit')
    return true
  })
  if (wasLeaving) {
    await deletionNoted(deps, tenant.id, null)
    await standingChanged(deps, { tenantId: tenant.id })
    await tellEverybody(deps, tenant, 'workspace_kept', null)
  }
  return getWorkspace(deps, tenant)
}

async function tellEverybody(
  { control, clock }: SessionDeps,
  tenant: Tenant,
  kind: 'workspace_deletion' | 'workspace_kept',
  deleteAfter: Date | null,
): Promise<void> {
  const workspace = await findWorkspace(tenant)
  for (const person of await queries.listAddressees(tenant)) {
    const { name, email: to, locale, identity_id: identityId } = person
    const date = deleteAfter ? dayIn(deleteAfter, locale, workspace?.timezone ?? 'UTC') : ''
    const params = { name, workspace: workspace?.name ?? '', date }
    await queueMail(control, { kind, to, locale, identityId, tenantId: tenant.id, params }, clock.now())
  }
}

function dayIn(at: Date, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone }).format(at)
}

/**
 * Deletes a workspace whose days of grace are over: people out first, then the ways in, then row by row, and its own row
 * and the audit log with the last of them. One that was kept meanwhile stays.
 */
export async function deleteWorkspace(deps: SessionDeps & { log: Log }, tenantId: string): Promise<void> {
  const tenant = deps.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  const row = await findWorkspace(tenant)
  const now = deps.clock.now()
  if (row && row.delete_after === null) return deletionNoted(deps, tenantId, null)
  if (row?.delete_after && new Date(row.delete_after) > now) return
  await endStanding(deps, { tenantId }, 'workspace deleted')
  await routesClosed(deps, tenantId)
  for (const id of [...(await queries.listInvitationIds(tenant)), tenantId]) {
    await destroyDataKey(deps.control, id, now)
  }
  const tables = await tenant.bulk(queries.listTables)
  // Table by table, so that no transaction is longer than a table.
  for (const table of tables) await tenant.bulk((tx) => queries.emptyTable(tx, table))
  await tenant.bulk(async (tx) => {
    for (const table of tables) await queries.emptyTable(tx, table)
    await queries.deleteTenantRow(tx)
    await forgetAuditLogs(tx)
  })
  await tenantForgotten(deps, tenantId)
  deps.log.info({ tenantId, event: 'workspace.deleted' }, 'a workspace was deleted')
}
