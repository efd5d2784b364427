/** A parsed row as it is kept until it is applied: short names, since a file has a hundred thousand of them. */
import { searchForm } from '@chronos/contracts/text'
import { newId } from '../../platform/ids.ts'
import { guessCategoryKey } from '../categories/category-guess.rules.ts'
import type { StatementRow } from './statement.ts'

/** Rows of one piece, and of one database transaction when they are applied. */
export const CHUNK_ROWS = 5000

export interface StoredRow {
  /** Id of the transaction that it will become. */
  id: string
  /** Line of the file. */
  l: number
  /** Key of the account inside the file. */
  k: string
  /** Date, amount in minor units, currency. */
  d: string
  a: number
  u: string
  /** Description, and what it is found by. */
  t: string
  s: string
  /** Payee and its normalised name. */
  p: string | null
  n: string | null
  /** Duplicate key. */
  x: string
  /** Category that was guessed. */
  c: string | null
}

/** @param categories ids of the tenant's categories by the key of the first tree */
export function storedRow(row: StatementRow, categories: ReadonlyMap<string, string>): StoredRow {
  const key = guessCategoryKey(
    row.payee === null ? row.description : `${row.payee} ${row.description}`,
    row.amountMinor,
  )
  const description = row.description === '' ? (row.payee ?? '—') : row.description
  const payeeKey = row.payee === null ? '' : searchForm(row.payee)
  const words = searchForm(row.payee === null ? description : `${description} ${row.payee}`)
  return {
    id: newId(),
    l: row.line,
    k: row.accountKey,
    d: row.occurredOn,
    a: row.amountMinor,
    u: row.currency,
    t: description,
    s: ` ${words}`,
    p: payeeKey === '' ? null : row.payee,
    n: payeeKey === '' ? null : payeeKey,
    x: row.dedupeKey,
    c: (key === null ? undefined : categories.get(key)) ?? null,
  }
}
