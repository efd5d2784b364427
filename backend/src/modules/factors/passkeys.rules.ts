import type { Passkey } from '@chronos/contracts/factors'
import type { PasskeyRow } from './passkeys.queries.ts'

/** As the API tells of it. */
export function passkeyOf(row: PasskeyRow): Passkey {
  const { id, name, created_at: createdAt, last_used_at: lastUsedAt, synced } = row
  return { id, name, createdAt, lastUsedAt, synced }
}
