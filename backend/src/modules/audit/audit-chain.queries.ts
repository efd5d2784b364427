import type { ControlPlane } from '../../platform/control.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { CHAINED_COLUMNS, type ChainedRow } from './audit-chain.rules.ts'

export interface Seal {
  seq: number
  audit_id: string
  at: string
  version: number
  prev_hash: string
  hash: string
  /** Null where the log has no such row any more. */
  row: ChainedRow | null
}

export interface Sealed {
  /** How many rows were sealed now. */
  rows: number
  seq: number
  hash: string
}

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`

/** Seals at most `limit` rows that wait. @returns the head of the chain after that */
export async function sealRows(tenant: Tenant, limit: number): Promise<Sealed> {
  const [head] = await tenant.bulk((tx) =>
    tx.query<{ sealed_rows: number; head_seq: number; head_hash: string }>(
      'select sealed_rows, head_seq, head_hash from app.seal_audit($1::uuid, $2)',
      tenant.id,
      limit,
    ),
  )
  if (!head) throw new Error('nothing was said of the chain')
  return { rows: head.sealed_rows, seq: head.head_seq, hash: head.head_hash }
}

/** Seals after a number, in the order of the chain, each with its row. */
export async function listSeals(tenant: Tenant, afterSeq: number, limit: number): Promise<Seal[]> {
  const columns = CHAINED_COLUMNS.map((column) =>
    column === 'at' ? `'at', to_char(l.at at time zone 'UTC', ${INSTANT})` : `'${column}', l.${column}::text`,
  )
  return tenant.read<Seal>({
    name: 'audit.seals',
    text: `select s.seq, s.audit_id::text as audit_id, to_char(s.at at time zone 'UTC', ${INSTANT}) as at, s.version,
        encode(s.prev_hash, 'hex') as prev_hash, encode(s.hash, 'hex') as hash,
        case when l.id is not null then json_build_object(${columns.join(', ')}) end as row
      from app.audit_seals s
      left join app.audit_logs l on l.tenant_id = $1::uuid and l.at = s.at and l.id = s.audit_id
      where s.tenant_id = $1::uuid and s.seq > $2 order by s.seq limit $3`,
    values: [tenant.id, afterSeq, limit],
  })
}

export interface Unsealed {
  waiting: number
  /** The first row that stands where sealing has been long ago: it was put there afterwards. */
  added: { audit_id: string; seq: number } | null
}

export async function findUnsealed(tenant: Tenant): Promise<Unsealed> {
  const [row] = await tenant.read<{ waiting: number; audit_id: string | null; seq: number | null }>({
    name: 'audit.unsealed',
    text: `with newest as (
        select s.at - interval '1 hour' as at from app.audit_seals s where s.tenant_id = $1::uuid order by s.at desc limit 1
      ), unsealed as (
        select l.at, l.id from app.audit_logs l where l.tenant_id = $1::uuid and not exists (
          select from app.audit_seals s where s.tenant_id = $1::uuid and s.at = l.at and s.audit_id = l.id)
      ), added as (
        select u.at, u.id from unsealed u join newest n on u.at < n.at order by u.at, u.id limit 1
      )
      select (select count(*) from unsealed u where u.at >= coalesce((select at from newest), '-infinity')) as waiting,
        (select id::text from added) as audit_id,
        (select coalesce(max(s.seq), 0) from app.audit_seals s, added a where s.tenant_id = $1::uuid and s.at <= a.at) as seq`,
    values: [tenant.id],
  })
  const added = row?.audit_id ? { audit_id: row.audit_id, seq: row.seq ?? 0 } : null
  return { waiting: row?.waiting ?? 0, added }
}

/**
 * Whether the log itself says that the rows up to this one were ended by retention, with this hash as the last, and not
 * before their time (app.retire_audit keeps a year).
 */
export async function isRetired(tenant: Tenant, { seq, hash, at }: Seal): Promise<boolean> {
  const rows = await tenant.read({
    name: 'audit.retired',
    text: `select 1 from app.audit_logs l where l.tenant_id = $1::uuid and l.action = 'retention.applied'
        and l.entity = 'audit_logs' and l.actor_type = 'system'
        and (l.after ->> 'toSeq')::bigint = $2 and l.after ->> 'hash' = $3
        and l.at >= $4::timestamptz + interval '364 days' limit 1`,
    values: [tenant.id, seq, hash, at],
  })
  return rows.length > 0
}

export interface Retired {
  rows: number
  seq: number
  hash: string
}

/** Ends the rows before an instant. @returns null where there was none */
export async function retireRows(tenant: Tenant, before: Date): Promise<Retired | null> {
  const [row] = await tenant.bulk((tx) =>
    tx.query<{ retired_rows: number; boundary_seq: number; boundary_hash: string }>(
      'select retired_rows, boundary_seq, boundary_hash from app.retire_audit($1::uuid, $2::timestamptz)',
      tenant.id,
      before,
    ),
  )
  return row ? { rows: row.retired_rows, seq: row.boundary_seq, hash: row.boundary_hash } : null
}

/** Ends the whole log of the tenant; refused while the tenant is there. */
export async function forgetRows(tx: TenantQueries): Promise<void> {
  await tx.query('select app.forget_audit($1::uuid)', tx.tenantId)
}

/** Every tenant that there is, whatever its state: a suspended one's log is sealed too. */
export async function listTenantIds(control: ControlPlane): Promise<string[]> {
  const rows = await control.query<{ tenant_id: string }>(
    'select tenant_id::text as tenant_id from control.registered_tenants order by 1',
  )
  return rows.map((row) => row.tenant_id)
}

export async function findHead(tenant: Tenant): Promise<{ seq: number; hash: string } | null> {
  const [head] = await tenant.read<{ seq: number; hash: string }>({
    name: 'audit.head',
    text: `select s.seq, encode(s.hash, 'hex') as hash from app.audit_seals s where s.tenant_id = $1::uuid
      order by s.seq desc limit 1`,
    values: [tenant.id],
  })
  return head ?? null
}
