import type { ControlPlane, ControlQueries } from '../../platform/control.ts'

export interface OperatorRow {
  id: string
  email: string
  name: string
  password_hash: string
  /** Sealed; bound to the operator. */
  totp_secret: string
  totp_last_step: number
  created_at: string
  last_seen_at: string | null
}

const OPERATOR = 'id::text, email, name, password_hash, totp_secret, totp_last_step, created_at, last_seen_at'

export async function findOperatorByEmail(control: ControlPlane, email: string): Promise<OperatorRow | null> {
  const [row] = await control.query<OperatorRow>(
    `select ${OPERATOR} from control.operators where email = $1`,
    email,
  )
  return row ?? null
}

/** @returns false when the e-mail is taken */
export async function insertOperator(
  queries: ControlQueries,
  operator: Pick<OperatorRow, 'id' | 'email' | 'name' | 'password_hash' | 'totp_secret'>,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into control.operators (id, email, name, password_hash, totp_secret, totp_last_step, created_at)
     values ($1, $2, $3, $4, $5, 0, $6) on conflict (email) do nothing returning id`,
    operator.id,
    operator.email,
    operator.name,
    operator.password_hash,
    operator.totp_secret,
    now,
  )
  return rows.length === 1
}

/** Uses a code up: of two sign-ins with one code, one wins. */
export async function takeStep(
  queries: ControlQueries,
  operatorId: string,
  step: number,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.operators set totp_last_step = $2, last_seen_at = $3
     where id = $1 and totp_last_step < $2 returning id`,
    operatorId,
    step,
    now,
  )
  return rows.length === 1
}

export interface NewSession {
  id: string
  secretHash: string
  operatorId: string
  ip: string | null
  userAgent: string | null
}

export async function insertSession(queries: ControlQueries, session: NewSession, now: Date): Promise<void> {
  await queries.query(
    `insert into control.operator_sessions (id, secret_hash, operator_id, created_at, last_used_at, ip, user_agent)
     values ($1, $2, $3, $4, $4, $5, $6)`,
    session.id,
    session.secretHash,
    session.operatorId,
    now,
    session.ip,
    session.userAgent?.slice(0, 300) ?? null,
  )
}

export interface SessionRow extends OperatorRow {
  session_id: string
  secret_hash: string
  session_created_at: string
  last_used_at: string
}

export async function findSession(control: ControlPlane, id: string): Promise<SessionRow | null> {
  const [row] = await control.run<SessionRow>({
    name: 'operator-session',
    text: `select o.id::text, o.email, o.name, o.password_hash, o.totp_secret, o.totp_last_step, o.created_at, o.last_seen_at,
        s.id::text as session_id, s.secret_hash, s.created_at as session_created_at, s.last_used_at
      from control.operator_sessions s join control.operators o on o.id = s.operator_id
      where s.id = $1 and s.ended_at is null`,
    values: [id],
  })
  return row ?? null
}

export async function noteUse(control: ControlPlane, id: string, now: Date): Promise<void> {
  await control.query('update control.operator_sessions set last_used_at = $2 where id = $1', id, now)
}

export async function endSession(queries: ControlQueries, id: string, now: Date): Promise<void> {
  await queries.query(
    'update control.operator_sessions set ended_at = $2 where id = $1 and ended_at is null',
    id,
    now,
  )
}
