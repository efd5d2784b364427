/** Writes into a tenant's audit log what no changed row tells of. Changed rows are written by triggers. */
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { forgetRows, retireRows, type Retired } from './audit-chain.queries.ts'
import { sealTenant } from './audit.jobs.ts'
import { insertAuditEvent, type AuditEventInput } from './audit.queries.ts'

export { auditPages } from './audit-export.ts'

/** In the transaction of what it tells of. Actor, request, session and address are those of the tenant's context. */
export async function recordAuditEvent(tx: TenantQueries, event: AuditEventInput): Promise<void> {
  await insertAuditEvent(tx, event)
  tx.changed('audit')
}

/**
 * Ends the rows of a tenant's log that are older than an instant, which must be a year ago or more. The last hash of
 * what went stays, and the log tells of it, so that the rest verifies.
 * @returns null where there was nothing to end
 */
export async function retireAuditLogs(tenant: Tenant, before: Date): Promise<Retired | null> {
  await sealTenant(tenant)
  return retireRows(tenant, before)
}

/** Ends the whole log of a tenant whose own row is gone, in the transaction that took it. */
export async function forgetAuditLogs(tx: TenantQueries): Promise<void> {
  await forgetRows(tx)
}
