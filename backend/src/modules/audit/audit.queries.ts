import type { AuditEvent, AuditLog } from '@chronos/contracts/audit'
import { decodeCursor } from '../../platform/cursor.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'

export interface AuditRow {
  id: string
  at: string
  actor_type: AuditLog['actor']['type']
  actor_id: string | null
  actor_name: string | null
  action: string
  entity: string
  entity_id: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
  request_id: string | null
  session_id: string | null
  ip: string | null
  /** Its number in the chain, and its hash; null until it is sealed. */
  seq: number | null
  hash: string | null
}

export interface AuditFilter {
  limit: number
  cursor?: string | undefined
  entity?: string | undefined
  entityId?: string | undefined
  action?: string | undefined
  actorId?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

type Filter = Omit<AuditFilter, 'limit' | 'cursor'>

interface Conditions {
  /** What they are called together: a name for the prepared statement. */
  name: string
  /** Each begins with `and`. */
  text: string
  values: unknown[]
}

interface Position {
  at: string | null
  id: string | null
}

/**
 * Conditions of a filter over `app.audit_logs l` and `app.tenants w`; `$1` is the tenant. `from` and `to` are days as
 * the workspace's own clock shows them.
 */
function conditionsOf(
  filter: Filter,
  { at, id }: Position,
  direction: '<' | '>',
  values: unknown[],
): Conditions {
  const conditions: string[] = []
  const names: string[] = []
  const add = (name: string, condition: (...bound: string[]) => string, ...bound: unknown[]): void => {
    names.push(name)
    conditions.push(` and ${condition(...bound.map((value) => `$${values.push(value)}`))}`)
  }
  if (at !== null) add('after', (a, b) => `(l.at, l.id) ${direction} (${a}::timestamptz, ${b}::uuid)`, at, id)
  if (filter.entity !== undefined) add('entity', (a) => `l.entity = ${a}`, filter.entity)
  if (filter.entityId !== undefined) add('id', (a) => `l.entity_id = ${a}::uuid`, filter.entityId)
  if (filter.action !== undefined) add('action', (a) => `l.action = ${a}`, filter.action)
  if (filter.actorId !== undefined) add('actor', (a) => `l.actor_id = ${a}::uuid`, filter.actorId)
  if (filter.from !== undefined) {
    add('from', (a) => `l.at >= (${a}::date)::timestamp at time zone w.timezone`, filter.from)
  }
  if (filter.to !== undefined) {
    add('to', (a) => `l.at < (${a}::date + 1)::timestamp at time zone w.timezone`, filter.to)
  }
  return { name: names.join(' '), text: conditions.join(''), values }
}

const COLUMNS = `l.id::text as id, l.at, l.actor_type, l.actor_id::text as actor_id, u.name as actor_name, l.action,
        l.entity, l.entity_id::text as entity_id, l.before, l.after, l.request_id::text as request_id,
        l.session_id::text as session_id, l.ip, s.seq, encode(s.hash, 'hex') as hash`
const TABLES = `app.tenants w
      join app.audit_logs l on l.tenant_id = $1::uuid
      left join app.users u on u.tenant_id = $1::uuid and u.id = l.actor_id
      left join app.audit_seals s on s.tenant_id = $1::uuid and s.at = l.at and s.audit_id = l.id`

/** Newest first; one more than the limit. */
export function listAuditLogs(tenant: Tenant, filter: AuditFilter): Promise<AuditRow[]> {
  const [at = null, id = null] = decodeCursor(filter.cursor, ['instant', 'uuid'])
  const { name, text, values } = conditionsOf(filter, { at, id }, '<', [tenant.id, filter.limit + 1])
  return tenant.readLagging<AuditRow>({
    name: `audit.list ${name}`,
    text: `select ${COLUMNS} from ${TABLES}
      where w.tenant_id = $1::uuid${text}
      order by l.at desc, l.id desc limit $2`,
    values,
  })
}

/** Oldest first, for a file. */
export function listForExport(
  tenant: Tenant,
  filter: Filter,
  after: { at: string; id: string } | null,
  limit: number,
): Promise<AuditRow[]> {
  const { name, text, values } = conditionsOf(filter, after ?? { at: null, id: null }, '>', [
    tenant.id,
    limit,
  ])
  return tenant.readLagging<AuditRow>({
    name: `audit.export ${name}`,
    text: `select ${COLUMNS} from ${TABLES}
      where w.tenant_id = $1::uuid${text}
      order by l.at, l.id limit $2`,
    values,
  })
}

export function auditLogOf(row: AuditRow): AuditLog {
  return {
    id: row.id,
    at: row.at,
    actor: { type: row.actor_type, userId: row.actor_id, name: row.actor_name },
    action: row.action,
    entity: row.entity,
    entityId: row.entity_id,
    before: row.before,
    after: row.after,
    requestId: row.request_id,
    sessionId: row.session_id,
    ip: row.ip,
    sealed: row.seq,
  }
}

export interface AuditEventInput {
  action: AuditEvent
  /** What it is about: a table's name, or a word as `workspace`. */
  entity: string
  entityId: string | null
  /** What a reader of the log should know. Never a secret. */
  after?: Record<string, unknown>
  at: Date
}

/** A row that no trigger writes; the policy takes events of its closed list alone. */
export async function insertAuditEvent(tx: TenantQueries, event: AuditEventInput): Promise<void> {
  const { requestId, sessionId, ip } = tx.origin
  await tx.query(
    `insert into app.audit_logs (tenant_id, at, id, actor_type, actor_id, action, entity, entity_id, after, request_id, session_id, ip)
     values ($1::uuid, $2::timestamptz, $3::uuid, $4, $5::uuid, $6, $7, $8::uuid, $9::jsonb, $10::uuid, $11::uuid, $12)`,
    tx.tenantId,
    event.at,
    newId(),
    tx.actor.type,
    tx.actor.userId,
    event.action,
    event.entity,
    event.entityId,
    event.after === undefined ? null : JSON.stringify(event.after),
    requestId,
    sessionId,
    ip,
  )
}
