/** Exports of a workspace and their files, which are stored in pieces. */
import type { DataExport } from '@chronos/contracts/exports'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface ExportRow {
  id: string
  status: DataExport['status']
  requested_by: string
  requester: string | null
  identity_id: string
  size_bytes: number | null
  created_at: string
  ready_at: string | null
  expires_at: string | null
}

const EXPORT = `select e.id::text, e.status, e.requested_by::text, u.name as requester, u.identity_id::text, e.size_bytes,
    e.created_at, e.ready_at, e.expires_at
  from app.exports e join app.users u on u.tenant_id = $1::uuid and u.id = e.requested_by
  where e.tenant_id = $1::uuid`

/** @returns false while another one of the person is being made */
export async function insertExport(
  tx: TenantQueries,
  id: string,
  userId: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into app.exports (tenant_id, id, status, requested_by, created_at)
     values ($1::uuid, $2::uuid, 'waiting', $3::uuid, $4::timestamptz)
     on conflict (tenant_id, requested_by) where status in ('waiting', 'running') do nothing returning id::text`,
    tx.tenantId,
    id,
    userId,
    now,
  )
  return rows.length === 1
}

/** The one that is being made for somebody. */
export async function findUnderWay(tx: TenantQueries, userId: string): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `select id::text from app.exports
     where tenant_id = $1::uuid and requested_by = $2::uuid and status in ('waiting', 'running')`,
    tx.tenantId,
    userId,
  )
  return row?.id ?? null
}

/** How many somebody has asked for since. */
export async function countSince(tx: TenantQueries, userId: string, since: Date): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from app.exports
     where tenant_id = $1::uuid and requested_by = $2::uuid and created_at > $3::timestamptz`,
    tx.tenantId,
    userId,
    since,
  )
  return row?.n ?? 0
}

/** Exports of one member, newest first; one more than the limit. */
export function listExports(
  tenant: Tenant,
  userId: string,
  limit: number,
  after: readonly (string | null)[],
): Promise<ExportRow[]> {
  return tenant.read<ExportRow>({
    name: 'exports',
    text: `${EXPORT} and e.requested_by = $2::uuid
        and ($4::timestamptz is null or (e.created_at, e.id) < ($4::timestamptz, $5::uuid))
      order by e.created_at desc, e.id desc limit $3`,
    values: [tenant.id, userId, limit, ...after],
  })
}

export async function findExport(tenant: Tenant, id: string): Promise<ExportRow | null> {
  const [row] = await tenant.read<ExportRow>({
    name: 'export',
    text: `${EXPORT} and e.id = $2::uuid`,
    values: [tenant.id, id],
  })
  return row ?? null
}

/** Begins, or begins again after a process died: what there was of the file goes. @returns whether there is work */
export async function beginExport(tx: TenantQueries, id: string): Promise<boolean> {
  const rows = await tx.query(
    `update app.exports set status = 'running'
     where tenant_id = $1::uuid and id = $2::uuid and status in ('waiting', 'running') returning id::text`,
    tx.tenantId,
    id,
  )
  await tx.query(
    'delete from app.export_files where tenant_id = $1::uuid and export_id = $2::uuid',
    tx.tenantId,
    id,
  )
  return rows.length === 1
}

/** The file of a workspace that is being deleted stays as long as the workspace does. */
export async function markReady(
  tx: TenantQueries,
  id: string,
  file: { sizeBytes: number; expiresAt: Date },
  now: Date,
): Promise<void> {
  await tx.query(
    `update app.exports e set status = 'ready', size_bytes = $3::bigint, ready_at = $4::timestamptz,
       expires_at = greatest($5::timestamptz, (select t.delete_after from app.tenants t
         where t.tenant_id = $1::uuid and t.deletion_export_id = $2::uuid))
     where e.tenant_id = $1::uuid and e.id = $2::uuid`,
    tx.tenantId,
    id,
    file.sizeBytes,
    now,
    file.expiresAt,
  )
}

export async function markFailed(tx: TenantQueries, id: string): Promise<void> {
  await tx.query(
    `update app.exports set status = 'failed' where tenant_id = $1::uuid and id = $2::uuid and status <> 'ready'`,
    tx.tenantId,
    id,
  )
}

export async function insertPiece(
  tx: TenantQueries,
  id: string,
  seq: number,
  content: Buffer,
): Promise<void> {
  await tx.query(
    'insert into app.export_files (tenant_id, export_id, seq, content) values ($1::uuid, $2::uuid, $3, $4)',
    tx.tenantId,
    id,
    seq,
    content,
  )
}

export async function findPiece(tenant: Tenant, id: string, seq: number): Promise<Buffer | null> {
  const [row] = await tenant.read<{ content: Buffer }>({
    name: 'export-piece',
    text: 'select content from app.export_files where tenant_id = $1::uuid and export_id = $2::uuid and seq = $3',
    values: [tenant.id, id, seq],
  })
  return row?.content ?? null
}

/** Files past their days go, that they were there stays; what is not ready after a day never will be. */
export async function expireExports(tx: TenantQueries, now: Date): Promise<void> {
  await tx.query(
    `delete from app.export_files f where f.tenant_id = $1::uuid and f.export_id in (
       select e.id from app.exports e where e.tenant_id = $1::uuid and e.expires_at <= $2::timestamptz)`,
    tx.tenantId,
    now,
  )
  await tx.query(
    `update app.exports set status = 'expired'
     where tenant_id = $1::uuid and status = 'ready' and expires_at <= $2::timestamptz`,
    tx.tenantId,
    now,
  )
  await tx.query(
    `update app.exports set status = 'failed'
     where tenant_id = $1::uuid and status in ('waiting', 'running') and created_at < $2::timestamptz`,
    tx.tenantId,
    new Date(now.getTime() - 86_400_000),
  )
}
