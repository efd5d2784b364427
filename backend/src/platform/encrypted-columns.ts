/**
 * Every column whose values are encrypted under ENCRYPTION_KEY. The keyring takes no other, so that `make rotate-keys`
 * cannot forget one; a test holds the list to the catalogue of the database.
 *
 * `waiting` finds rows after $1 that another key than $2 encrypted, $3 at most; `rewrite` changes those of them that
 * still hold what was read, so that a value that somebody replaced meanwhile stays.
 */
interface Rotation {
  waiting: string
  rewrite: string
}

const totpFactors: Rotation = {
  waiting: `select identity_id::text as owner, secret as sealed from control.totp_factors
    where identity_id > $1 and split_part(secret, '.', 1) <> $2 order by identity_id limit $3`,
  rewrite: `update control.totp_factors t set secret = n.sealed
    from unnest($1::uuid[], $2::text[], $3::text[]) as n (owner, was, sealed)
    where t.identity_id = n.owner and t.secret = n.was returning t.identity_id`,
}

const operators: Rotation = {
  waiting: `select id::text as owner, totp_secret as sealed from control.operators
    where id > $1 and split_part(totp_secret, '.', 1) <> $2 order by id limit $3`,
  rewrite: `update control.operators t set totp_secret = n.sealed
    from unnest($1::uuid[], $2::text[], $3::text[]) as n (owner, was, sealed)
    where t.id = n.owner and t.totp_secret = n.was returning t.id`,
}

const dataKeys: Rotation = {
  waiting: `select owner_id::text as owner, sealed_key as sealed from control.data_keys
    where owner_id > $1 and split_part(sealed_key, '.', 1) <> $2 order by owner_id limit $3`,
  rewrite: `update control.data_keys t set sealed_key = n.sealed
    from unnest($1::uuid[], $2::text[], $3::text[]) as n (owner, was, sealed)
    where t.owner_id = n.owner and t.sealed_key = n.was returning t.owner_id`,
}

export const ENCRYPTED_COLUMNS = {
  'control.totp_factors.secret': totpFactors,
  'control.operators.totp_secret': operators,
  'control.data_keys.sealed_key': dataKeys,
} as const satisfies Record<`control.${string}.${string}`, Rotation>

export type EncryptedColumn = keyof typeof ENCRYPTED_COLUMNS
