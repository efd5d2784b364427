/** A workspace's own row. */
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface WorkspaceRow {
  name: string
  currency: string
  locale: string
  timezone: string
  require_second_factor: boolean
  idle_minutes: number | null
  deletion_requested_at: string | null
  delete_after: string | null
  deletion_export_id: string | null
  support_until: string | null
  support_reason: string | null
  created_at: string
  version: number
}

const WORKSPACE = `select name, currency, locale, timezone, require_second_factor, idle_minutes, deletion_requested_at,
    delete_after, deletion_export_id::text as deletion_export_id, support_until, support_reason, created_at, version
  from app.tenants where tenant_id = $1::uuid`

export async function findWorkspace(tenant: Tenant): Promise<WorkspaceRow | null> {
  const [row] = await tenant.read<WorkspaceRow>({ name: 'workspace', text: WORKSPACE, values: [tenant.id] })
  return row ?? null
}

export async function lockWorkspace(tx: TenantQueries): Promise<WorkspaceRow | null> {
  const [row] = await tx.query<WorkspaceRow>(`${WORKSPACE} for no key update`, tx.tenantId)
  return row ?? null
}

export async function updateWorkspace(
  tx: TenantQueries,
  row: Pick<
    WorkspaceRow,
    'name' | 'currency' | 'locale' | 'timezone' | 'require_second_factor' | 'idle_minutes'
  >,
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.tenants set name = $2, currency = $3, locale = $4, timezone = $5, require_second_factor = $6,
       idle_minutes = $7::int, updated_at = $8::timestamptz, version = version + 1
     where tenant_id = $1::uuid`,
    tx.tenantId,
    row.name,
    row.currency,
    row.locale,
    row.timezone,
    row.require_second_factor,
    row.idle_minutes,
    at.toISOString(),
  )
}

export async function setSupport(
  tx: TenantQueries,
  support: { until: Date; reason: string } | null,
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.tenants set support_until = $2::timestamptz, support_reason = $3, updated_at = $4::timestamptz,
       version = version + 1
     where tenant_id = $1::uuid`,
    tx.tenantId,
    support?.until.toISOString() ?? null,
    support?.reason ?? null,
    at.toISOString(),
  )
}
