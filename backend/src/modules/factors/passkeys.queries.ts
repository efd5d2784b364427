/** Public keys of a person's passkeys (control plane). */
import type { ControlQueries } from '../../platform/control.ts'

export interface PasskeyRow {
  id: string
  identity_id: string
  /** base64url, as WebAuthn's JSON has it. */
  credential_id: string
  /** COSE, in base64url. */
  public_key: string
  counter: number
  transports: string[]
  synced: boolean
  name: string
  created_at: string
  last_used_at: string | null
}

const PASSKEY = `id, identity_id, credential_id, public_key, counter, transports, synced, name, created_at, last_used_at`

/** The oldest first. */
export function listPasskeys(queries: ControlQueries, identityId: string): Promise<PasskeyRow[]> {
  return queries.query<PasskeyRow>(
    `select ${PASSKEY} from control.passkeys where identity_id = $1 order by created_at, id`,
    identityId,
  )
}

export async function findPasskeyByCredential(
  queries: ControlQueries,
  credentialId: string,
): Promise<PasskeyRow | null> {
  const [row] = await queries.query<PasskeyRow>(
    `select ${PASSKEY} from control.passkeys where credential_id = $1`,
    credentialId,
  )
  return row ?? null
}

/** @returns false where the credential is known already, whoever has it */
export async function insertPasskey(queries: ControlQueries, row: PasskeyRow, now: Date): Promise<boolean> {
  const rows = await queries.query(
    `insert into control.passkeys (id, identity_id, credential_id, public_key, counter, transports, synced, name, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (credential_id) do nothing returning id`,
    row.id,
    row.identity_id,
    row.credential_id,
    row.public_key,
    row.counter,
    JSON.stringify(row.transports),
    row.synced,
    row.name,
    now,
  )
  return rows.length === 1
}

/**
 * Keeps the counter of a use. Authenticators that count only go up; the others say 0 always.
 * @returns false where it did not go up: the key was copied, or another use of it was faster
 */
export async function countUse(
  queries: ControlQueries,
  id: string,
  counter: number,
  synced: boolean,
  now: Date,
): Promise<boolean> {
  const rows = await queries.query(
    `update control.passkeys set counter = $2, synced = $3, last_used_at = $4
     where id = $1 and (counter < $2 or (counter = 0 and $2 = 0)) returning id`,
    id,
    counter,
    synced,
    now,
  )
  return rows.length === 1
}

export async function renamePasskey(
  queries: ControlQueries,
  identityId: string,
  id: string,
  name: string,
): Promise<PasskeyRow | null> {
  const [row] = await queries.query<PasskeyRow>(
    `update control.passkeys set name = $3 where identity_id = $1 and id = $2 returning ${PASSKEY}`,
    identityId,
    id,
    name,
  )
  return row ?? null
}

export async function deletePasskey(
  queries: ControlQueries,
  identityId: string,
  id: string,
): Promise<PasskeyRow | null> {
  const [row] = await queries.query<PasskeyRow>(
    `delete from control.passkeys where identity_id = $1 and id = $2 returning ${PASSKEY}`,
    identityId,
    id,
  )
  return row ?? null
}
