/**
 * The key by which a row is recognised when it comes again: by the bank's id together with date and amount, or else
 * by date, amount and text. Banks do repeat ids, and two equal purchases on one day are two purchases, so the key
 * holds the row's number among its equals in the file: a second import of the file meets the same numbers and adds
 * nothing, an overlapping one adds what is new. Keys are compared within one account.
 */
import { hash } from 'node:crypto'
import { foldText } from './text-clean.ts'

export interface KeyedRow {
  accountKey: string
  occurredOn: string
  amountMinor: number
  description: string
  payee: string | null
  externalId: string | null
}

/** Numbers the equal rows of one file; make one for each reading. */
export class DedupeKeys {
  private readonly byAccount = new Map<string, Map<string, number>>()

  /** The row's key: 16 bytes as the text of a UUID (version 8). Rows have to come in the order of the file. */
  next(row: KeyedRow): string {
    const identity =
      row.externalId === null
        ? `text|${foldText(row.description === '' ? (row.payee ?? '') : row.description)}`
        : `id|${row.externalId}`
    const content = `${row.occurredOn}|${row.amountMinor}|${identity}`
    let seen = this.byAccount.get(row.accountKey)
    if (!seen) this.byAccount.set(row.accountKey, (seen = new Map()))
    const number = (seen.get(content) ?? 0) + 1
    seen.set(content, number)
    // No text has a control character in it, so nothing else can look like a numbered row.
    return uuidFrom(hash('sha256', number === 1 ? content : `${content}\u0000${number}`, 'hex'))
  }
}

function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
