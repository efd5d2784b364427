/** Hashes of a person's recovery codes (control plane). */
import type { ControlQueries } from '../../platform/control.ts'

export async function replaceCodes(
  queries: ControlQueries,
  identityId: string,
  hashes: readonly string[],
  now: Date,
): Promise<void> {
  await deleteCodes(queries, identityId)
  await queries.query(
    `insert into control.recovery_codes (identity_id, code_hash, created_at)
     select $1, hash, $3 from unnest($2::text[]) as hash`,
    identityId,
    hashes,
    now,
  )
}

/** Takes a code, once. */
export async function takeCode(
  queries: ControlQueries,
  identityId: string,
  hash: string,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.recovery_codes set used_at = $3
     where identity_id = $1 and code_hash = $2 and used_at is null returning identity_id`,
    identityId,
    hash,
    now,
  )
  return rows.length === 1
}

export async function countCodes(queries: ControlQueries, identityId: string): Promise<number> {
  const [row] = await queries.query<{ n: number }>(
    'select count(*)::int as n from control.recovery_codes where identity_id = $1 and used_at is null',
    identityId,
  )
  return row?.n ?? 0
}

export async function deleteCodes(queries: ControlQueries, identityId: string): Promise<void> {
  await queries.query('delete from control.recovery_codes where identity_id = $1', identityId)
}
