/** A person's authenticator app (control plane). Its secret is encrypted; queries see the ciphertext alone. */
import type { ControlQueries } from '../../platform/control.ts'

export interface TotpRow {
  secret: string
  last_step: number | null
  created_at: string
  confirmed_at: string | null
}

export async function findTotp(queries: ControlQueries, identityId: string): Promise<TotpRow | null> {
  const [row] = await queries.query<TotpRow>(
    'select secret, last_step, created_at, confirmed_at from control.totp_factors where identity_id = $1',
    identityId,
  )
  return row ?? null
}

/** Keeps a secret that no code has confirmed yet. @returns false where one is confirmed already */
export async function putPendingTotp(
  queries: ControlQueries,
  identityId: string,
  secret: string,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `insert into control.totp_factors (identity_id, secret, created_at) values ($1, $2, $3)
     on conflict (identity_id) do update set secret = $2, created_at = $3, last_step = null
     where totp_factors.confirmed_at is null returning identity_id`,
    identityId,
    secret,
    now,
  )
  return rows.length === 1
}

/** Turns the secret on that the code was checked against. Of two that try, one wins. */
export async function confirmTotp(
  queries: ControlQueries,
  identityId: string,
  secret: string,
  step: number,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.totp_factors set confirmed_at = $4, last_step = $3
     where identity_id = $1 and secret = $2 and confirmed_at is null returning identity_id`,
    identityId,
    secret,
    step,
    now,
  )
  return rows.length === 1
}

/** Takes the code of a step, once: of two that bring the same, one wins, and none before it fits again. */
export async function takeStep(
  queries: ControlQueries,
  identityId: string,
  secret: string,
  step: number,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.totp_factors set last_step = $3
     where identity_id = $1 and secret = $2 and confirmed_at is not null and (last_step is null or last_step < $3)
     returning identity_id`,
    identityId,
    secret,
    step,
  )
  return rows.length === 1
}

export async function deleteTotp(queries: ControlQueries, identityId: string): Promise<boolean> {
  const rows = await queries.query(
    'delete from control.totp_factors where identity_id = $1 and confirmed_at is not null returning identity_id',
    identityId,
  )
  return rows.length === 1
}
