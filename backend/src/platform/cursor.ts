/**
 * Keyset cursors: the sort key of a page's last row, as base64url of a JSON list. What comes back is checked piece by
 * piece, since a caller may have typed it.
 */
import { isCalendarDate } from '@chronos/contracts/dates'
import { AppError } from './errors.ts'

const CHECKS = {
  text: (value: string) => !value.includes('\0'),
  uuid: (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value),
  date: isCalendarDate,
  instant: (value: string) =>
    /^.{10}T\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(value) &&
    isCalendarDate(value.slice(0, 10)) &&
    !Number.isNaN(Date.parse(value)),
  integer: (value: string) => /^-?\d{1,15}$/.test(value),
} as const

export type CursorPart = keyof typeof CHECKS

export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/**
 * @param shape what each piece must be
 * @returns as many nulls where there is no cursor, so that the pieces can be bound as they are
 * @throws AppError invalid_request for anything that no list of this shape gave out
 */
export function decodeCursor(cursor: string | undefined, shape: readonly CursorPart[]): (string | null)[] {
  if (cursor === undefined) return shape.map(() => null)
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw unknownCursor()
  }
  if (!Array.isArray(parts) || parts.length !== shape.length) throw unknownCursor()
  return shape.map((kind, index) => {
    const part: unknown = parts[index]
    if (typeof part !== 'string' || !CHECKS[kind](part)) throw unknownCursor()
    return part
  })
}

/**
 * A page from rows that were asked for with one more than the limit.
 * @param key the sort key of a row, as the cursor holds it
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  key: (row: Row) => readonly string[],
): { items: Item[]; nextCursor: string | null } {
  const last = rows[limit - 1]
  return {
    items: rows.slice(0, limit).map(item),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(key(last)) : null,
  }
}

function unknownCursor(): AppError {
  return new AppError('invalid_request', {
    detail: 'The query is not as the contract asks',
    fields: [{ path: 'cursor', message: 'Not a cursor of this list' }],
  })
}
