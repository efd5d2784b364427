import type { ControlPlane, ControlQueries } from '../../platform/control.ts'

export interface SupportRow {
  id: string
  secret_hash: string
  operator_id: string
  operator_name: string
  tenant_id: string
  expires_at: string
}

const SUPPORT = `select s.id::text, s.secret_hash, s.operator_id::text, o.name as operator_name, s.tenant_id::text, s.expires_at
  from control.support_sessions s join control.operators o on o.id = s.operator_id`

export async function insertSupport(
  queries: ControlQueries,
  session: { id: string; secretHash: string; operatorId: string; tenantId: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await queries.query(
    `insert into control.support_sessions (id, secret_hash, operator_id, tenant_id, started_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    session.id,
    session.secretHash,
    session.operatorId,
    session.tenantId,
    now,
    session.expiresAt,
  )
}

export async function findSupport(control: ControlPlane, id: string): Promise<SupportRow | null> {
  const [row] = await control.query<SupportRow>(`${SUPPORT} where s.id = $1 and s.ended_at is null`, id)
  return row ?? null
}

/** Sessions that are open although their time is over, or all of an operator's. */
export function listOver(
  control: ControlPlane,
  of: { now: Date } | { operatorId: string },
): Promise<SupportRow[]> {
  return 'now' in of
    ? control.query<SupportRow>(`${SUPPORT} where s.ended_at is null and s.expires_at <= $1`, of.now)
    : control.query<SupportRow>(`${SUPPORT} where s.ended_at is null and s.operator_id = $1`, of.operatorId)
}

/** @returns false where somebody else ended it first */
export async function endSupport(
  control: ControlPlane,
  id: string,
  reason: string,
  now: Date,
): Promise<boolean> {
  const rows = await control.query(
    `update control.support_sessions set ended_at = $2, end_reason = $3
     where id = $1 and ended_at is null returning id`,
    id,
    now,
    reason,
  )
  return rows.length === 1
}
