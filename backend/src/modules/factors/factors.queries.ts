/** Which second factors a person has (control plane). */
import type { ControlQueries } from '../../platform/control.ts'

export type Method = 'totp' | 'recovery_code' | 'passkey'

interface MethodsRow {
  totp: boolean
  passkey: boolean
  codes: boolean
}

/** By which means a person can prove their second factor; none where they have no second factor. */
export async function listMethods(control: ControlQueries, identityId: string): Promise<Method[]> {
  const [row] = await control.query<MethodsRow>(
    `select exists (select from control.totp_factors where identity_id = $1 and confirmed_at is not null) as totp,
       exists (select from control.passkeys where identity_id = $1) as passkey,
       exists (select from control.recovery_codes where identity_id = $1 and used_at is null) as codes`,
    identityId,
  )
  if (!row || (!row.totp && !row.passkey)) return []
  return [
    ...(row.passkey ? (['passkey'] as const) : []),
    ...(row.totp ? (['totp'] as const) : []),
    ...(row.codes ? (['recovery_code'] as const) : []),
  ]
}

/** Who of these persons has a second factor. */
export async function listProtected(
  control: ControlQueries,
  identityIds: readonly string[],
): Promise<string[]> {
  const rows = await control.query<{ id: string }>(
    `select identity_id::text as id from control.totp_factors
     where identity_id = any ($1::uuid[]) and confirmed_at is not null
     union select identity_id::text from control.passkeys where identity_id = any ($1::uuid[])`,
    identityIds,
  )
  return rows.map((row) => row.id)
}
