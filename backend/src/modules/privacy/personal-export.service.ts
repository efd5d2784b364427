/**
 * All that is kept about a person, in all their workspaces, as a ZIP. Its pieces are stored under the person's key, for
 * seven days. Books of a workspace are in it as far as the person wrote them and may still see them.
 */
import type { DataExport } from '@chronos/contracts/exports'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { QUEUES } from '../../platform/queues.ts'
import { SYSTEM, type Tenancy, type Tenant } from '../../platform/tenancy.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { getStanding } from '../identity/membership.service.ts'
import { queueMail } from '../mail/mail.service.ts'
import { createArchive, type Archive } from '../../platform/archive.ts'
import { listPlaces, type Place } from './erasure.queries.ts'
import * as queries from './personal-export.queries.ts'
import { enqueue, findPerson } from './person.queries.ts'

export interface PersonalExportDeps {
  control: ControlPlane
  tenancy: Tenancy
  clock: Clock
  dataKeys: DataKeys
  log: Log
}

export { expireExports } from './personal-export.queries.ts'

const KEPT_MS = 7 * 86_400_000
const CHUNK_COLUMN = 'control.personal_export_chunks.content'

/** @throws AppError conflict while another one is being made */
export async function requestExport(
  deps: Pick<PersonalExportDeps, 'control' | 'clock'>,
  tenant: Tenant,
  identityId: string,
): Promise<DataExport> {
  const now = deps.clock.now()
  const row = await deps.control.transaction(async (control) => {
    const inserted = await queries.insertExport(control, newId(), identityId, now)
    if (inserted) {
      await enqueue(control, QUEUES.personalExports.name, inserted.id)
    }
    return inserted
  })
  if (!row) throw new AppError('conflict', { detail: 'A file is being made: wait until it is ready' })
  await tenant.bulk((tx) =>
    recordAuditEvent(tx, {
      action: 'privacy.exported',
      entity: 'users',
      entityId: tenant.actor.userId,
      after: { exportId: row.id },
      at: now,
    }),
  )
  return queries.exportOf(row)
}

/** A file that is ready; opening it gives its bytes. @throws AppError not_found, not_ready */
export async function findFile(
  deps: Pick<PersonalExportDeps, 'control' | 'dataKeys'>,
  identityId: string,
  id: string,
): Promise<{ item: DataExport; open(): Promise<AsyncIterable<Buffer>> }> {
  const row = await queries.findExport(deps.control, id)
  if (row?.identity_id !== identityId) throw notFound('Export')
  if (row.status === 'expired') throw notFound('File')
  if (row.status !== 'ready') throw new AppError('not_ready', { detail: 'The file is not ready yet' })
  return { item: queries.exportOf(row), open: async () => piecesOf(deps, id) }
}

async function* piecesOf(
  { control, dataKeys }: Pick<PersonalExportDeps, 'control' | 'dataKeys'>,
  id: string,
): AsyncGenerator<Buffer> {
  for (let seq = 0; ; seq += 1) {
    const sealed = await queries.findChunk(control, id, seq)
    if (sealed === null) return
    const content = (await dataKeys.openerFor([sealed]))(sealed, CHUNK_COLUMN)
    if (content === null) return
    yield Buffer.from(content, 'base64')
  }
}

/** Makes the file; a second time, anew from its beginning. */
export async function makePersonalExport(deps: PersonalExportDeps, id: string): Promise<void> {
  const { control, clock, log } = deps
  const row = await queries.findExport(control, id)
  if (!row || !(await queries.beginExport(control, id))) return
  try {
    const sizeBytes = await writeFile(deps, row)
    const now = clock.now()
    const expiresAt = new Date(now.getTime() + KEPT_MS)
    await control.transaction(async (within) => {
      await queries.endExport(within, id, { status: 'ready', sizeBytes, expiresAt }, now)
      const person = await findPerson(within, row.identity_id)
      if (!person) return
      const { email, locale, name } = person
      const mail = {
        kind: 'export_ready',
        to: email,
        locale,
        identityId: person.id,
        params: { name },
      } as const
      await queueMail(within, mail, now)
    })
  } catch (error) {
    log.error({ err: error, exportId: id }, 'a personal export failed')
    await queries.endExport(control, id, { status: 'failed' }, clock.now())
  }
}

/** @returns bytes of the file */
async function writeFile(
  deps: PersonalExportDeps,
  { id, identity_id: identityId }: queries.ExportRow,
): Promise<number> {
  const { control, dataKeys } = deps
  const key = await dataKeys.of(identityId)
  let seq = 0
  let sizeBytes = 0
  const archive = createArchive(async (piece) => {
    sizeBytes += piece.length
    await queries.insertChunk(control, id, seq, key.seal(piece.toString('base64'), CHUNK_COLUMN))
    seq += 1
  })
  for (const [name, text] of Object.entries(queries.PERSON_LISTS)) {
    await archive.addList(name, [await control.query<queries.Row>(text, identityId)])
  }
  for (const place of await listPlaces(control, identityId))
    await addWorkspace(deps, archive, identityId, place)
  await archive.end()
  return sizeBytes
}

async function addWorkspace(
  deps: PersonalExportDeps,
  archive: Archive,
  identityId: string,
  { tenant_id: tenantId, user_id: userId }: Place,
): Promise<void> {
  const standing = await getStanding(deps, { identityId, tenantId, userId }).catch((error: unknown) => {
    if (error instanceof AppError && error.status < 500) return null
    throw error
  })
  const actor = standing
    ? ({ type: 'user', userId, hiddenAccounts: standing.hiddenAccounts } as const)
    : SYSTEM
  const tenant = deps.tenancy.enter({ tenantId, actor, requestId: null })
  for (const list of queries.WORKSPACE_LISTS) {
    if (list.books && !standing) continue
    await archive.addList(`workspaces/${tenantId}/${list.name}`, opened(deps, tenant, userId, list))
  }
}

async function* opened(
  { dataKeys }: Pick<PersonalExportDeps, 'dataKeys'>,
  tenant: Tenant,
  userId: string,
  list: queries.WorkspaceList,
): AsyncGenerator<queries.Row[]> {
  for await (const rows of queries.pagesOf(tenant, userId, list)) {
    if (!list.name.startsWith('whatsapp')) yield rows
    else {
      const open = await dataKeys.openerFor(rows.flatMap((row) => Object.values(row)))
      const clear = (row: queries.Row): queries.Row =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) =>
            typeof value === 'string' ? [column, open(value, `app.${list.name}.${column}`)] : [column, value],
          ),
        )
      yield rows.map(clear)
    }
  }
}
