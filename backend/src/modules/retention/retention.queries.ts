import type { Retention } from '@chronos/contracts/privacy'
import type { Statement } from '../../platform/database.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import { DEFAULTS, type Kept } from './retention.rules.ts'

export interface RetentionRow {
  whatsapp_messages_days: number | null
  audit_logs_days: number | null
  import_files_days: number
  deleted_transactions_days: number | null
  applied_at: string | null
  version: number
}

const COLUMNS = `whatsapp_messages_days, audit_logs_days, import_files_days, deleted_transactions_days, applied_at, version`

export function retentionStatement(tenantId: string): Statement {
  return {
    name: 'retention',
    text: `select ${COLUMNS} from app.retention_settings where tenant_id = $1`,
    values: [tenantId],
  }
}

export function retentionOf(row: RetentionRow | undefined): Retention {
  if (!row) return { ...DEFAULTS, version: 1 }
  return {
    whatsappMessagesDays: row.whatsapp_messages_days,
    auditLogsDays: row.audit_logs_days,
    importFilesDays: row.import_files_days,
    deletedTransactionsDays: row.deleted_transactions_days,
    version: row.version,
  }
}

/** The settings, made with the defaults where there are none, and locked. */
export async function lockRetention(tx: TenantQueries, now: Date): Promise<RetentionRow | undefined> {
  await tx.query(
    `insert into app.retention_settings (tenant_id, whatsapp_messages_days, audit_logs_days, import_files_days,
       deleted_transactions_days, updated_at)
     values ($1::uuid, $2::integer, $3::integer, $4::integer, $5::integer, $6::timestamptz)
     on conflict (tenant_id) do nothing returning version`,
    tx.tenantId,
    DEFAULTS.whatsappMessagesDays,
    DEFAULTS.auditLogsDays,
    DEFAULTS.importFilesDays,
    DEFAULTS.deletedTransactionsDays,
    now.toISOString(),
  )
  const [row] = await tx.query<RetentionRow>(
    `select ${COLUMNS} from app.retention_settings where tenant_id = $1::uuid for update`,
    tx.tenantId,
  )
  return row
}

export async function updateRetention(tx: TenantQueries, kept: Kept, now: Date): Promise<void> {
  await tx.query(
    `update app.retention_settings set whatsapp_messages_days = $2::integer, audit_logs_days = $3::integer,
       import_files_days = $4::integer, deleted_transactions_days = $5::integer, updated_at = $6::timestamptz,
       version = version + 1
     where tenant_id = $1::uuid returning version`,
    tx.tenantId,
    kept.whatsappMessagesDays,
    kept.auditLogsDays,
    kept.importFilesDays,
    kept.deletedTransactionsDays,
    now.toISOString(),
  )
}

export async function markApplied(tx: TenantQueries, now: Date): Promise<void> {
  await tx.query(
    'update app.retention_settings set applied_at = $2::timestamptz where tenant_id = $1::uuid returning version',
    tx.tenantId,
    now.toISOString(),
  )
}

const BATCH = 1000

/** Empties or removes messages of before; those that a transaction came from keep an empty row. @returns how many */
export async function forgetMessages(tx: TenantQueries, before: Date): Promise<number> {
  const removed = await tx.query(
    `delete from app.whatsapp_messages where tenant_id = $1::uuid and id in (
       select m.id from app.whatsapp_messages m
       where m.tenant_id = $1::uuid and m.created_at < $2::timestamptz and not exists (
         select 1 from app.transactions t where t.tenant_id = $1::uuid and t.whatsapp_message_id = m.id)
       order by m.id limit ${BATCH})
     returning id::text`,
    tx.tenantId,
    before.toISOString(),
  )
  const emptied = await tx.query(
    `update app.whatsapp_messages set text = null, payload = null, wamid = null, error = null
     where tenant_id = $1::uuid and id in (
       select m.id from app.whatsapp_messages m
       where m.tenant_id = $1::uuid and m.created_at < $2::timestamptz
         and (m.text is not null or m.payload is not null or m.wamid is not null or m.error is not null)
         and exists (select 1 from app.transactions t where t.tenant_id = $1::uuid and t.whatsapp_message_id = m.id)
       order by m.id limit ${BATCH})
     returning id::text`,
    tx.tenantId,
    before.toISOString(),
  )
  return removed.length + emptied.length
}

/** Removes transactions that were deleted before; their lines are void and count in no total. @returns how many */
export async function purgeTransactions(tx: TenantQueries, before: Date): Promise<number> {
  const rows = await tx.query(
    `delete from app.transactions where tenant_id = $1::uuid and id in (
       select t.id from app.transactions t
       where t.tenant_id = $1::uuid and t.deleted_at < $2::timestamptz order by t.id limit ${BATCH})
     returning id::text`,
    tx.tenantId,
    before.toISOString(),
  )
  return rows.length
}

/** Removes uploads that were never applied, with their files and rows. @returns how many */
export async function forgetUploads(tx: TenantQueries, before: Date): Promise<number> {
  const rows = await tx.query(
    `delete from app.imports where tenant_id = $1::uuid and status in ('ready', 'needs_mapping')
       and updated_at < $2::timestamptz returning id::text`,
    tx.tenantId,
    before.toISOString(),
  )
  return rows.length
}
