/**
 * One key per person, under which what names them is encrypted wherever it must outlive them: in the append-only audit
 * log, which hashes what is stored, and in chats. Destroying the key erases all of it at once, in every row, and no
 * stored byte changes. The keys stand in control.data_keys, sealed by the keyring; a destroyed one leaves its row, so
 * that no other key is ever made for the same owner.
 *
 * A sealed value names its owner: `sealed:<owner>:<key id>.<ciphertext>`. The column is bound to it.
 */
import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { ControlQueries } from './control.ts'
import { AppError } from './errors.ts'
import { createKeyring, type Keyring } from './keyring.ts'

export interface DataKey {
  /** @param column as `app.whatsapp_messages.text` */
  seal(plain: string, column: string): string
  /** Null stays null. */
  sealed(plain: string | null, column: string): string | null
}

/** Opens a sealed value. @returns null where its key was destroyed; a value that is not sealed, as it stands */
export type Opener = (value: string | null, column: string) => string | null

export interface DataKeys {
  /** The key of an owner, made where there is none. @throws AppError not_found when it was destroyed */
  of(ownerId: string): Promise<DataKey>
  /** What opens these values, whoever they are of, by one statement; none where no value is sealed. */
  openerFor(values: Iterable<unknown>): Promise<Opener>
}

const SEALED = /^sealed:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(.+)$/s
const KEY_COLUMN = 'control.data_keys.sealed_key'

interface KeyRow {
  owner_id: string
  sealed_key: string | null
}

export function createDataKeys(deps: { control: ControlQueries; keyring: Keyring; clock: Clock }): DataKeys {
  const { control, keyring, clock } = deps
  const ringOf = (row: KeyRow): Keyring<string> | null =>
    row.sealed_key === null
      ? null
      : createKeyring<string>(keyring.open(row.sealed_key, { owner: row.owner_id, column: KEY_COLUMN }))
  const find = (owners: readonly string[]): Promise<KeyRow[]> =>
    control.query<KeyRow>(
      'select owner_id::text, sealed_key from control.data_keys where owner_id = any($1::uuid[])',
      owners,
    )
  const make = async (owner: string): Promise<KeyRow | undefined> => {
    const key = keyring.seal(randomBytes(32).toString('hex'), { owner, column: KEY_COLUMN })
    await control.query(
      'insert into control.data_keys (owner_id, sealed_key, created_at) values ($1, $2, $3) on conflict (owner_id) do nothing',
      owner,
      key,
      clock.now(),
    )
    return (await find([owner]))[0]
  }
  return {
    async of(ownerId) {
      const owner = ownerId.toLowerCase()
      const row = (await find([owner]))[0] ?? (await make(owner))
      const ring = row && ringOf(row)
      if (!ring) throw new AppError('not_found', { detail: 'This person was erased' })
      const seal = (plain: string, column: string): string =>
        `sealed:${owner}:${ring.seal(plain, { owner, column })}`
      return { seal, sealed: (plain, column) => (plain === null ? null : seal(plain, column)) }
    },
    async openerFor(values) {
      const owners = new Set<string>()
      for (const value of values) {
        const owner = typeof value === 'string' ? SEALED.exec(value)?.[1] : undefined
        if (owner !== undefined) owners.add(owner)
      }
      const rows = owners.size === 0 ? [] : await find([...owners])
      const rings = new Map(rows.map((row) => [row.owner_id, ringOf(row)]))
      return (value, column) => {
        const parts = value === null ? null : SEALED.exec(value)
        if (!parts?.[1] || !parts[2]) return value
        return rings.get(parts[1])?.open(parts[2], { owner: parts[1], column }) ?? null
      }
    },
  }
}

/** Destroys the key of an owner for ever, in the caller's transaction. Doing it twice is harmless. */
export async function destroyDataKey(queries: ControlQueries, ownerId: string, now: Date): Promise<void> {
  await queries.query(
    `insert into control.data_keys (owner_id, sealed_key, created_at, destroyed_at) values ($1, null, $2, $2)
     on conflict (owner_id) do update set sealed_key = null, destroyed_at = coalesce(control.data_keys.destroyed_at, excluded.destroyed_at)`,
    ownerId,
    now,
  )
}
