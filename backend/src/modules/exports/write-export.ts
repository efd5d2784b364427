/** Writes all that a tenant's actor may see into a ZIP: each list as JSON and as CSV. */
import { createArchive, type Row } from '../../platform/archive.ts'
import type { Clock } from '../../platform/clock.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import { auditPages } from '../audit/audit.service.ts'
import { EXPORT_LISTS, pagesOf, type ExportList } from './export-lists.queries.ts'
import { withDecimals } from './export-rows.rules.ts'

export interface WriteDeps {
  dataKeys: DataKeys
  clock: Clock
}

/**
 * @param withAudit whether the audit log goes in; who asks must be allowed to read it
 * @param write takes the pieces of the file, in their order
 * @returns bytes of the file
 */
export async function writeExport(
  deps: WriteDeps,
  tenant: Tenant,
  withAudit: boolean,
  write: (piece: Buffer) => Promise<void>,
): Promise<number> {
  let sizeBytes = 0
  const begunAt = deps.clock.now().toISOString()
  const archive = createArchive(async (piece) => {
    sizeBytes += piece.length
    await write(piece)
  })
  for (const list of EXPORT_LISTS) {
    // Nobody of the workspace has no chats.
    if (list.own && tenant.actor.userId === null) continue
    await archive.addList(list.name, cleared(deps, tenant, list))
  }
  if (withAudit) await archive.addList('audit_log', auditPages(deps, tenant))
  const contents = { format: 'chronos.export.v1', tenant_id: tenant.id, begun_at: begunAt }
  await archive.addList('about', [[{ ...contents, ended_at: deps.clock.now().toISOString() }]])
  await archive.end()
  return sizeBytes
}

async function* cleared({ dataKeys }: WriteDeps, tenant: Tenant, list: ExportList): AsyncGenerator<Row[]> {
  for await (const rows of pagesOf(tenant, list)) {
    if (!list.own) {
      yield rows.map(withDecimals)
      continue
    }
    const open = await dataKeys.openerFor(rows.flatMap((row) => Object.values(row)))
    const clear = ([column, value]: [string, unknown]): [string, unknown] => [
      column,
      typeof value === 'string' ? open(value, `app.${list.name}.${column}`) : value,
    ]
    yield rows.map((row) => Object.fromEntries(Object.entries(row).map(clear)))
  }
}
