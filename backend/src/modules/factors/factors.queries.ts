/** Which second factors a person has (control plane). */
import type { ControlQueries } from '../../platform/control.ts'
import type { Tenant } from '../../platform/tenancy.ts'

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

export async function hasPassword(control: ControlQueries, identityId: string): Promise<boolean> {
  const [row] = await control.query<{ known: boolean }>(
    'select password_hash is not null as known from control.identities where id = $1',
    identityId,
  )
  return row?.known ?? false
}

/** Whether the workspace demands a second factor of its members. */
export async function isDemanded(tenant: Tenant): Promise<boolean> {
  const [row] = await tenant.read<{ demanded: boolean }>({
    name: 'second-factor-demanded',
    text: 'select require_second_factor as demanded from app.tenants where tenant_id = $1',
    values: [tenant.id],
  })
  return row?.demanded ?? false
}

export interface DroppedFactors {
  passkeys: number
  authenticatorApps: number
  recoveryCodes: number
}

/** Everything that a person proves themselves by beside a password, and what waits for it. */
export async function deleteFactors(control: ControlQueries, identityId: string): Promise<DroppedFactors> {
  const dropped = async (table: string): Promise<number> =>
    (await control.query(`delete from ${table} where identity_id = $1 returning 1`, identityId)).length
  const counts = {
    passkeys: await dropped('control.passkeys'),
    authenticatorApps: await dropped('control.totp_factors'),
    recoveryCodes: await dropped('control.recovery_codes'),
  }
  await dropped('control.factor_challenges')
  await dropped('control.factor_tries')
  return counts
}
