import type { AuditLog } from '@chronos/contracts/audit'
import { decodeCursor } from '../../platform/cursor.ts'
import type { Tenant } from '../../platform/tenancy.ts'

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
}

export interface AuditFilter {
  limit: number
  cursor?: string | undefined
  entity?: string | undefined
  entityId?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** Newest first; one more than the limit. `from` and `to` are days as the workspace's own clock shows them. */
export function listAuditLogs(tenant: Tenant, filter: AuditFilter): Promise<AuditRow[]> {
  const [at, id] = decodeCursor(filter.cursor, ['instant', 'uuid'])
  const values: unknown[] = [tenant.id, filter.limit + 1]
  const conditions: string[] = []
  const names: string[] = []
  const add = (name: string, condition: (...bound: string[]) => string, ...bound: unknown[]): void => {
    names.push(name)
    conditions.push(` and ${condition(...bound.map((value) => `$${values.push(value)}`))}`)
  }
  if (at !== null) add('after', (a, b) => `(l.at, l.id) < (${a}::timestamptz, ${b}::uuid)`, at, id)
  if (filter.entity !== undefined) add('entity', (a) => `l.entity = ${a}`, filter.entity)
  if (filter.entityId !== undefined) add('id', (a) => `l.entity_id = ${a}::uuid`, filter.entityId)
  if (filter.from !== undefined) {
    add('from', (a) => `l.at >= (${a}::date)::timestamp at time zone w.timezone`, filter.from)
  }
  if (filter.to !== undefined) {
    add('to', (a) => `l.at < (${a}::date + 1)::timestamp at time zone w.timezone`, filter.to)
  }
  return tenant.read<AuditRow>({
    name: `audit.list ${names.join(' ')}`,
    text: `select l.id::text as id, l.at, l.actor_type, l.actor_id::text as actor_id, u.name as actor_name, l.action,
        l.entity, l.entity_id::text as entity_id, l.before, l.after, l.request_id::text as request_id
      from app.tenants w
      join app.audit_logs l on l.tenant_id = $1::uuid
      left join app.users u on u.tenant_id = $1::uuid and u.id = l.actor_id
      where w.tenant_id = $1::uuid${conditions.join('')}
      order by l.at desc, l.id desc limit $2`,
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
  }
}
