/** That a workspace is to be deleted, and everything that deleting it removes. */
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export async function setDeletion(
  tx: TenantQueries,
  deletion: { deleteAfter: Date; exportId: string } | null,
  now: Date,
): Promise<void> {
  await tx.query(
    `update app.tenants set deletion_requested_at = $2::timestamptz, delete_after = $3::timestamptz,
       deletion_export_id = $4::uuid, updated_at = $5::timestamptz, version = version + 1
     where tenant_id = $1::uuid`,
    tx.tenantId,
    deletion ? now : null,
    deletion?.deleteAfter ?? null,
    deletion?.exportId ?? null,
    now,
  )
}

export interface Addressee {
  identity_id: string
  name: string
  email: string
  locale: string
}

/** Who is told of it: everybody who is in the workspace. */
export function listAddressees(tenant: Tenant): Promise<Addressee[]> {
  return tenant.read<Addressee>({
    text: `select identity_id::text, name, email, locale from app.users
      where tenant_id = $1::uuid and status = 'active' order by id`,
    values: [tenant.id],
  })
}

/** Invitations have keys of their own, known by their ids. */
export async function listInvitationIds(tenant: Tenant): Promise<string[]> {
  const rows = await tenant.read<{ id: string }>({
    text: 'select id::text from app.invitations where tenant_id = $1::uuid',
    values: [tenant.id],
  })
  return rows.map((row) => row.id)
}

/** The audit log ends by a function of the database, once the tenant's own row is gone. */
const LAST = ['audit_logs', 'audit_seals', 'tenants']

/**
 * Every table of the schema, as the catalogue has them today, so that none can be forgotten: a table before those that
 * its foreign keys point at.
 */
export async function listTables(tx: TenantQueries): Promise<string[]> {
  const tables = await tx.query<{ name: string; parents: string[] }>(
    `select c.relname::text as name, array(
         select p.relname::text from pg_constraint k join pg_class p on p.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'app' and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1::text[])
     order by c.relname`,
    LAST,
  )
  const ordered: string[] = []
  const waiting = new Map(tables.map((table) => [table.name, table]))
  while (waiting.size > 0) {
    const pointedAt = new Set([...waiting.values()].flatMap((table) => table.parents))
    const free = [...waiting.keys()].filter((name) => !pointedAt.has(name))
    if (free.length === 0) throw new Error('foreign keys of schema app go in a circle')
    for (const name of free) waiting.delete(name)
    ordered.push(...free)
  }
  return ordered
}

/** All rows of the tenant in one table, whose name comes from the catalogue. */
export async function emptyTable(tx: TenantQueries, table: string): Promise<void> {
  await tx.query(`delete from app."${table}" where tenant_id = $1::uuid`, tx.tenantId)
}

export async function deleteTenantRow(tx: TenantQueries): Promise<void> {
  await tx.query('delete from app.tenants where tenant_id = $1::uuid', tx.tenantId)
}
