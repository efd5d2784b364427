/**
 * Files of all that a member may see in a workspace, for seven days; the one that is made before a workspace is deleted
 * stays as long as the workspace. Their pieces are stored under the key of who asked, so that a dump shows nothing and
 * erasing the person ends them. What somebody may see is asked when the file is made, not when it was asked for.
 */
import type { DataExport } from '@chronos/contracts/exports'
import { allows } from '@chronos/contracts/permissions'
import type { ControlPlane } from '../../platform/control.ts'
import { AppError, invariant, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { QUEUES } from '../../platform/queues.ts'
import type { Store } from '../../platform/store.ts'
import { SYSTEM, type Tenancy, type Tenant, type TenantQueries } from '../../platform/tenancy.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { getStanding } from '../identity/membership.service.ts'
import { getPerson, listWorkspaces } from '../identity/identity.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import { assertFeature } from '../plans/plans.service.ts'
import * as queries from './exports.queries.ts'
import { writeExport, type WriteDeps } from './write-export.ts'

export { writeExport } from './write-export.ts'
export { expireExports } from './exports.queries.ts'

export interface ExportDeps extends WriteDeps {
  control: ControlPlane
  tenancy: Tenancy
  store: Store
  log: Log
}

/** Of one member in one workspace. */
const MOST_AN_HOUR = 6
const KEPT_MS = 7 * 86_400_000
const COLUMN = 'app.export_files.content'

export function exportOf(row: queries.ExportRow): DataExport {
  return {
    id: row.id,
    status: row.status,
    sizeBytes: row.size_bytes,
    requestedBy: row.requester,
    createdAt: row.created_at,
    readyAt: row.ready_at,
    expiresAt: row.expires_at,
  }
}

/** @throws AppError feature_off, too_many_requests; conflict while another one of the caller is being made */
export async function createExport(deps: ExportDeps, tenant: Tenant, caller: Caller): Promise<DataExport> {
  await assertFeature(deps, tenant.id, 'exports')
  const now = deps.clock.now()
  const id = await tenant.command(async (tx) => {
    const hourAgo = new Date(now.getTime() - 3_600_000)
    if ((await queries.countSince(tx, caller.userId, hourAgo)) >= MOST_AN_HOUR) {
      throw new AppError('too_many_requests', { detail: `${MOST_AN_HOUR} exports an hour are enough` })
    }
    const asked = await askForExport(tx, caller.userId, now)
    if (!asked.isNew) {
      throw new AppError('conflict', { detail: 'A file is being made: wait until it is ready' })
    }
    return asked.id
  })
  return getExport(tenant, caller, id)
}

/** In the caller's transaction. @returns the one under way where there is one */
export async function askForExport(
  tx: TenantQueries,
  userId: string,
  now: Date,
): Promise<{ id: string; isNew: boolean }> {
  const id = newId()
  if (!(await queries.insertExport(tx, id, userId, now))) {
    const underWay = await queries.findUnderWay(tx, userId)
    if (underWay !== null) return { id: underWay, isNew: false }
    throw new AppError('conflict', { detail: 'Another export has just ended: ask again' })
  }
  await tx.enqueue(QUEUES.exports.name, id)
  await recordAuditEvent(tx, { action: 'export.requested', entity: 'exports', entityId: id, at: now })
  tx.changed('exports')
  return { id, isNew: true }
}

/** @throws AppError not_found, also for another member's */
export async function getExport(
  tenant: Tenant,
  caller: Pick<Caller, 'userId'>,
  id: string,
): Promise<DataExport> {
  return exportOf(await findOwn(tenant, caller, id))
}

/**
 * A file that is ready. Opening it gives its bytes, and leaves a row in the audit log.
 * @throws AppError not_found, not_ready
 */
export async function findFile(
  deps: ExportDeps,
  tenant: Tenant,
  caller: Pick<Caller, 'userId'>,
  id: string,
): Promise<{ item: DataExport; open(): Promise<AsyncIterable<Buffer>> }> {
  const row = await findOwn(tenant, caller, id)
  const now = deps.clock.now()
  if (row.status === 'expired' || (row.expires_at !== null && new Date(row.expires_at) <= now)) {
    throw notFound('File')
  }
  if (row.status !== 'ready') throw new AppError('not_ready', { detail: 'The file is not ready yet' })
  return {
    item: exportOf(row),
    async open() {
      const what = { entity: 'exports', entityId: row.id, at: now }
      await tenant.bulk((tx) => recordAuditEvent(tx, { action: 'export.downloaded', ...what }))
      return piecesOf(deps, tenant, row.id)
    },
  }
}

async function findOwn(
  tenant: Tenant,
  caller: Pick<Caller, 'userId'>,
  id: string,
): Promise<queries.ExportRow> {
  const row = await queries.findExport(tenant, id)
  if (row?.requested_by !== caller.userId) throw notFound('Export')
  return row
}

async function* piecesOf({ dataKeys }: ExportDeps, tenant: Tenant, id: string): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const sealed = (await queries.findPiece(tenant, id, seq))?.toString('latin1') ?? null
    if (sealed === null) return
    const content = (await dataKeys.openerFor([sealed]))(sealed, COLUMN)
    invariant(content, 'a piece of an export opens with the key of the person who asked for it')
    yield Buffer.from(content, 'base64')
  }
}

/** Makes the file; a second time, anew from its beginning. Who may export no more gets none. */
export async function makeExport(deps: ExportDeps, tenantId: string, id: string): Promise<void> {
  const system = deps.tenancy.enter({ tenantId, actor: SYSTEM, requestId: null })
  const row = await queries.findExport(system, id)
  if (!row || !(await system.bulk((tx) => queries.beginExport(tx, id)))) return
  try {
    const { requested_by: userId, identity_id: identityId } = row
    const standing = await getStanding(deps, { identityId, tenantId, userId })
    if (!allows(standing.role, 'ledger.export')) throw new AppError('forbidden', { detail: 'No more' })
    const actor = { type: 'user', userId, hiddenAccounts: standing.hiddenAccounts } as const
    const tenant = deps.tenancy.enter({ tenantId, actor, requestId: null })
    const key = await deps.dataKeys.of(identityId)
    let seq = 0
    const sizeBytes = await writeExport(deps, tenant, allows(standing.role, 'audit.read'), async (piece) => {
      const sealed = Buffer.from(key.seal(piece.toString('base64'), COLUMN), 'latin1')
      await tenant.bulk((tx) => queries.insertPiece(tx, id, seq, sealed))
      seq += 1
    })
    const now = deps.clock.now()
    await system.bulk(async (tx) => {
      const expiresAt = new Date(now.getTime() + KEPT_MS)
      await queries.markReady(tx, id, { sizeBytes, expiresAt }, now)
      tx.changed('exports')
    })
    await tellReady(deps, identityId, tenantId)
  } catch (error) {
    deps.log.error({ err: error, exportId: id, tenantId }, 'an export failed')
    await system.bulk((tx) => queries.markFailed(tx, id))
  }
}

async function tellReady(deps: ExportDeps, identityId: string, tenantId: string): Promise<void> {
  const { control, clock } = deps
  const person = await getPerson(deps, identityId)
  const membership = (await listWorkspaces(control, identityId)).find((each) => each.tenant_id === tenantId)
  const { id, name, email: to, locale } = person
  const params = { name, workspace: membership?.tenant_name ?? '' }
  const mail = { kind: 'workspace_export_ready', to, locale, identityId: id, tenantId, params } as const
  await queueMail(control, mail, clock.now())
}
