/**
 * Writes every encrypted value anew under ENCRYPTION_KEY. What holds: a batch is one statement, so whatever ends it half
 * way leaves every value under one key or the other, and the next run goes on with the rest; people sign in meanwhile.
 */
import type { ControlQueries } from './control.ts'
import { ENCRYPTED_COLUMNS, type EncryptedColumn } from './encrypted-columns.ts'
import type { Keyring } from './keyring.ts'

export interface RotatedColumn {
  column: EncryptedColumn
  /** Values that have the new key now. */
  rewritten: number
  /** Owners of values that no configured key opens. */
  unreadable: string[]
}

const BATCH = 500
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

export async function rotateKeys(
  deps: { control: ControlQueries; keyring: Keyring },
  batch = BATCH,
): Promise<RotatedColumn[]> {
  const columns = Object.keys(ENCRYPTED_COLUMNS) as EncryptedColumn[]
  const rotated: RotatedColumn[] = []
  for (const column of columns) rotated.push(await rotateColumn(deps, column, batch))
  return rotated
}

async function rotateColumn(
  { control, keyring }: { control: ControlQueries; keyring: Keyring },
  column: EncryptedColumn,
  batch: number,
): Promise<RotatedColumn> {
  const { waiting, rewrite } = ENCRYPTED_COLUMNS[column]
  const unreadable: string[] = []
  let rewritten = 0
  let after = BEFORE_ALL
  for (;;) {
    const rows = await control.query<{ owner: string; sealed: string }>(
      waiting,
      after,
      keyring.currentId,
      batch,
    )
    const last = rows.at(-1)
    if (!last) return { column, rewritten, unreadable }
    after = last.owner
    const anew: { owner: string; was: string; sealed: string }[] = []
    for (const { owner, sealed } of rows) {
      const place = { owner, column }
      try {
        anew.push({ owner, was: sealed, sealed: keyring.seal(keyring.open(sealed, place), place) })
      } catch {
        unreadable.push(owner)
      }
    }
    const changed = await control.query(
      rewrite,
      anew.map(({ owner }) => owner),
      anew.map(({ was }) => was),
      anew.map(({ sealed }) => sealed),
    )
    rewritten += changed.length
  }
}
