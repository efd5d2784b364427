/** What an operator's act writes into the tenant itself: its state, so that workers see it too. */
import type { TenantQueries } from '../../platform/tenancy.ts'

/** @returns false where the tenant's owner has not entered it yet */
export async function setOwnStatus(tx: TenantQueries, status: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    `update app.tenants set status = $2, updated_at = $3::timestamptz, version = version + 1
     where tenant_id = $1::uuid and status <> $2 returning tenant_id`,
    tx.tenantId,
    status,
    now,
  )
  return rows.length === 1
}

export interface OwnRow {
  name: string
  support_until: string | null
  delete_after: string | null
}

export async function findOwn(tx: TenantQueries): Promise<OwnRow | null> {
  const [row] = await tx.query<OwnRow>(
    'select name, support_until, delete_after from app.tenants where tenant_id = $1::uuid',
    tx.tenantId,
  )
  return row ?? null
}
