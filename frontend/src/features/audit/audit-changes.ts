import type { AuditLog } from '@chronos/contracts/audit'

export interface FieldChange {
  field: string
  before: unknown
  after: unknown
}

/** The database's own bookkeeping, and columns that only repeat another. */
const HIDDEN =
  /^(id|tenant_id|tenantId|version|created_at|updated_at|createdAt|updatedAt|.*_(search|normalized|form|hash)|search.*|dedupe.*)$/

/** What differs between the two sides of a log entry, field by field; an absent side counts as empty. */
export function changesOf({ before, after }: Pick<AuditLog, 'before' | 'after'>): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...fields]
    .filter((field) => !HIDDEN.test(field))
    .map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after))
}

/** What a row calls itself. */
export function nameOf({ before, after }: Pick<AuditLog, 'before' | 'after'>): string | null {
  for (const row of [after, before])
    for (const field of ['name', 'description', 'file_name', 'fileName', 'text', 'email']) {
      const value = row?.[field]
      if (typeof value === 'string' && value !== '') return value.slice(0, 80)
    }
  return null
}

/** The currency that a row's amounts are in. */
export function currencyOf({ before, after }: Pick<AuditLog, 'before' | 'after'>): string | null {
  const currency = after?.['currency'] ?? before?.['currency']
  return typeof currency === 'string' ? currency : null
}
