/**
 * How long a workspace keeps each kind of data, and the forgetting. Applied once a day; every part can be done again,
 * and stops after so many batches, so that the rest waits for the next day and not for a lock.
 */
import type { Retention } from '@chronos/contracts/privacy'
import { AppError, invariant } from '../../platform/errors.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { recordAuditEvent, retireAuditLogs } from '../audit/audit.service.ts'
import * as queries from './retention.queries.ts'
import { cutoff, type Kept } from './retention.rules.ts'

export async function getRetention(tenant: Tenant): Promise<Retention> {
  const [row] = await tenant.read<queries.RetentionRow>(queries.retentionStatement(tenant.id))
  return queries.retentionOf(row)
}

/** @throws AppError precondition_failed */
export function updateRetention(
  tenant: Tenant,
  changes: { [Kind in keyof Kept]?: Kept[Kind] | undefined },
  expectedVersion: number | null,
  now: Date,
): Promise<Retention> {
  return tenant.command(async (tx) => {
    const row = await queries.lockRetention(tx, now)
    invariant(row, 'settings that were just made are there')
    if (expectedVersion !== null && row.version !== expectedVersion) {
      throw new AppError('precondition_failed', {
        detail: 'It was changed meanwhile: load it again, then repeat your change',
      })
    }
    const { version, ...before } = queries.retentionOf(row)
    const given = Object.fromEntries(Object.entries(changes).filter(([, days]) => days !== undefined))
    const after: Kept = { ...before, ...given }
    await queries.updateRetention(tx, after, now)
    tx.changed('workspace', 'audit')
    return { ...after, version: version + 1 }
  })
}

const DAY_MS = 86_400_000
const MOST_BATCHES = 50

/** What was forgotten, by kind; what was not is left out. */
export type Forgotten = Record<string, number>

/**
 * Applies a workspace's settings, unless that was done within the last day.
 * @returns null where it is not yet time
 */
export async function applyRetention(tenant: Tenant, now: Date): Promise<Forgotten | null> {
  const [row] = await tenant.read<queries.RetentionRow>(queries.retentionStatement(tenant.id))
  // An hour less than a day: the job comes once an hour, and must not slip by one each day.
  if (row?.applied_at && now.getTime() - Date.parse(row.applied_at) < DAY_MS - 3_600_000) return null
  const kept = queries.retentionOf(row)
  const forgotten: Forgotten = {}
  for (const [kind, days, forget] of [
    ['whatsapp_messages', kept.whatsappMessagesDays, queries.forgetMessages],
    ['import_files', kept.importFilesDays, queries.forgetUploads],
    ['deleted_transactions', kept.deletedTransactionsDays, queries.purgeTransactions],
  ] as const) {
    const before = cutoff(now, days)
    const count = before === null ? 0 : await inBatches(tenant, (tx) => forget(tx, before))
    if (count > 0) forgotten[kind] = count
  }
  // It says so in the log itself.
  const beforeLogs = cutoff(now, kept.auditLogsDays)
  if (beforeLogs !== null) await retireAuditLogs(tenant, beforeLogs)
  await tenant.bulk(async (tx) => {
    await queries.lockRetention(tx, now)
    await queries.markApplied(tx, now)
    if (Object.keys(forgotten).length === 0) return
    tx.changed('transactions', 'imports', 'whatsapp')
    await recordAuditEvent(tx, {
      action: 'retention.applied',
      entity: 'workspace',
      entityId: tenant.id,
      after: forgotten,
      at: now,
    })
  })
  return forgotten
}

/** Each batch in a transaction of its own, until one finds nothing. */
async function inBatches(tenant: Tenant, batch: (tx: TenantQueries) => Promise<number>): Promise<number> {
  let total = 0
  for (let round = 0; round < MOST_BATCHES; round += 1) {
    const count = await tenant.bulk(batch)
    total += count
    if (count === 0) break
  }
  return total
}
