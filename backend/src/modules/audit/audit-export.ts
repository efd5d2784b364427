/** The audit log as a file, written as it is read: CSV that no spreadsheet takes for formulas, or a JSON list. */
import { csvField } from '../../platform/csv.ts'
import type { Row } from '../../platform/archive.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import { auditLogOf, listForExport, type AuditFilter, type AuditRow } from './audit.queries.ts'
import { openImages } from './personal-images.ts'

export type ExportFormat = 'csv' | 'json'
type Filter = Omit<AuditFilter, 'limit' | 'cursor'>

const BATCH = 1000
const COLUMNS = [
  'seq',
  'at',
  'actorType',
  'actorId',
  'actorName',
  'action',
  'entity',
  'entityId',
  'before',
  'after',
  'requestId',
  'sessionId',
  'ip',
  'id',
  'hash',
] as const

/** The whole log, oldest first, page by page, for a file of a workspace's data. */
export async function* auditPages(
  { dataKeys }: { dataKeys: DataKeys },
  tenant: Tenant,
): AsyncGenerator<Row[]> {
  for (let after: { at: string; id: string } | null = null; ;) {
    const rows: AuditRow[] = await openImages(dataKeys, await listForExport(tenant, {}, after, BATCH))
    if (rows.length > 0) yield rows.map((row) => ({ ...row }))
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) return
    after = { at: last.at, id: last.id }
  }
}

export async function* exportRows(
  { dataKeys }: { dataKeys: DataKeys },
  tenant: Tenant,
  filter: Filter,
  format: ExportFormat,
): AsyncGenerator<string> {
  yield format === 'csv' ? `\uFEFF${COLUMNS.join(',')}\r\n` : '[\n'
  let after: { at: string; id: string } | null = null
  let isFirst = true
  for (;;) {
    const rows: AuditRow[] = await openImages(dataKeys, await listForExport(tenant, filter, after, BATCH))
    const parts = rows.map((row) => {
      const text =
        format === 'csv'
          ? csvLine(row)
          : `${isFirst ? '' : ',\n'}${JSON.stringify({ ...auditLogOf(row), hash: row.hash })}`
      isFirst = false
      return text
    })
    if (parts.length > 0) yield parts.join('')
    const last = rows.at(-1)
    if (!last || rows.length < BATCH) break
    after = { at: last.at, id: last.id }
  }
  if (format === 'json') yield '\n]\n'
}

function csvLine(row: AuditRow): string {
  const values: Record<(typeof COLUMNS)[number], string | null> = {
    seq: row.seq === null ? null : String(row.seq),
    at: row.at,
    actorType: row.actor_type,
    actorId: row.actor_id,
    actorName: row.actor_name,
    action: row.action,
    entity: row.entity,
    entityId: row.entity_id,
    before: row.before === null ? null : JSON.stringify(row.before),
    after: row.after === null ? null : JSON.stringify(row.after),
    requestId: row.request_id,
    sessionId: row.session_id,
    ip: row.ip,
    id: row.id,
    hash: row.hash,
  }
  return `${COLUMNS.map((column) => csvField(values[column])).join(',')}\r\n`
}
