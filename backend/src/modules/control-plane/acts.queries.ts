/** What operators did. Added to and read, never changed. */
import { decodeCursor } from '../../platform/cursor.ts'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { newId } from '../../platform/ids.ts'

/** Who acts on the control plane: an operator, or, with no id, the billing system or the command line. */
export interface ActingOperator {
  operatorId: string | null
  name: string
  ip: string | null
  requestId: string | null
}

export interface Act {
  act: string
  tenantId: string | null
  detail: string | null
}

/** In the transaction of what it tells of. */
export async function insertAct(
  queries: ControlQueries,
  by: ActingOperator,
  { act, tenantId, detail }: Act,
  now: Date,
): Promise<void> {
  await queries.query(
    `insert into control.operator_acts (at, id, operator_id, operator_name, act, tenant_id, detail, ip)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    now,
    newId(),
    by.operatorId,
    by.name,
    act,
    tenantId,
    detail,
    by.ip,
  )
}

export interface ActRow {
  at: string
  id: string
  operator_id: string | null
  operator_name: string | null
  act: string
  tenant_id: string | null
  detail: string | null
  ip: string | null
}

/** Newest first; one more than the limit. */
export function listActs(
  control: ControlPlane,
  filter: { limit: number; cursor?: string | undefined; tenantId?: string | undefined },
): Promise<ActRow[]> {
  const [at, id] = decodeCursor(filter.cursor, ['instant', 'uuid'])
  return control.query<ActRow>(
    `select at, id::text, operator_id::text, operator_name, act, tenant_id::text, detail, ip from control.operator_acts
     where ($1::timestamptz is null or (at, id) < ($1, $2::uuid)) and ($3::uuid is null or tenant_id = $3)
     order by at desc, id desc limit $4`,
    at,
    id,
    filter.tenantId ?? null,
    filter.limit + 1,
  )
}
