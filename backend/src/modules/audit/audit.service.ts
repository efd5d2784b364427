/** Writes into a tenant's audit log what no changed row tells of. Changed rows are written by triggers. */
import type { TenantQueries } from '../../platform/tenancy.ts'
import { insertAuditEvent, type AuditEventInput } from './audit.queries.ts'

/** In the transaction of what it tells of. Actor, request, session and address are those of the tenant's context. */
export async function recordAuditEvent(tx: TenantQueries, event: AuditEventInput): Promise<void> {
  await insertAuditEvent(tx, event)
  tx.changed('audit')
}
