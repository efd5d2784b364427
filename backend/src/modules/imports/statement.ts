/**
 * What every statement parser gives: rows of money in batches, and the lines it could not read.
 * Amounts are minor units, negative is money out; dates are as printed, without any time zone.
 * A parser never stores and never repairs: a row it cannot read is an error with its line.
 */

export const MAX_FILE_BYTES = 50 * 1024 * 1024
export const MAX_LINE_CHARS = 1024 * 1024
export const MAX_LISTED_ERRORS = 1000
export const BATCH_ROWS = 1000

export type StatementFormat = 'ofx' | 'csv'
export type AccountKind = 'checking' | 'savings' | 'credit_card' | 'investment' | 'loan'

/** Bytes that can be read more than once: the first pass looks, the second reads. */
export interface StatementSource {
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

export interface StatementRow {
  /** The line of the file where the row begins, counted from 1. */
  line: number
  accountKey: string
  occurredOn: string
  amountMinor: number
  /** The currency whose minor units `amountMinor` counts: the file's, or the default where it names none. */
  currency: string
  description: string
  payee: string | null
  /** The bank's own id of the row, where there is one. */
  externalId: string | null
  /** See dedupe-key.ts: equal for the same row in another export of the same account. */
  dedupeKey: string
}

export type RowErrorCode =
  | 'missing_date'
  | 'bad_date'
  | 'missing_amount'
  | 'bad_amount'
  | 'amount_ambiguous'
  | 'amount_too_precise'
  | 'amount_too_large'
  | 'unknown_sign'
  | 'both_directions'
  | 'unknown_currency'
  | 'pending'
  | 'not_booked'
  | 'not_a_transaction'
  | 'other_table'
  | 'correction'

export interface RowError {
  line: number
  code: RowErrorCode
  message: string
}

export interface StatementBatch {
  rows: StatementRow[]
  errors: RowError[]
}

export interface StatementAccount {
  /** The account's number, `default` where the file names none; `…:USD` for a further currency of the same. */
  key: string
  number: string | null
  kind: AccountKind | null
  /** Null where the file names no currency; its amounts were then read as the default currency's. */
  currency: string | null
  count: number
  sumMinor: number
  firstOn: string | null
  lastOn: string | null
}

export type NoticeCode =
  | 'signs_from_types'
  | 'investments_left_out'
  | 'pending_left_out'
  | 'currency_assumed'
  | 'unreadable_characters'

export interface Notice {
  code: NoticeCode
  message: string
}

/** Grows while the batches are read, and is complete when they have ended. */
export interface StatementSummary {
  accounts: StatementAccount[]
  rows: number
  refused: number
  /** Lines that are no transactions and are rightly left out: balances, totals, repeated headings, footers. */
  skipped: number
  /** True for a valid statement without transactions. */
  empty: boolean
  notices: Notice[]
}

export interface StatementReading {
  batches: AsyncGenerator<StatementBatch, void, void>
  summary: StatementSummary
}

export type RefusalCode =
  | 'file_empty'
  | 'file_too_large'
  | 'binary_file'
  | 'spreadsheet_file'
  | 'pdf_file'
  | 'archive_file'
  | 'image_file'
  | 'html_file'
  | 'json_file'
  | 'format_not_supported'
  | 'unknown_format'
  | 'line_too_long'
  | 'too_many_columns'
  | 'ofx_no_statement'
  | 'ofx_bank_error'
  | 'ofx_investments'
  | 'ofx_loans'
  | 'ofx_cut_off'
  | 'ofx_entities'
  | 'rows_unreadable'
  | 'no_readable_row'
  | 'sum_too_large'
  | 'mapping_mismatch'

/** A file that is refused as a whole: nothing of it may be stored. `errors` has the lines at fault, at most 1000. */
export class StatementRefused extends Error {
  readonly code: RefusalCode
  readonly errors: readonly RowError[]
  /** The line at fault, where there is one. */
  readonly line: number | null

  constructor(
    code: RefusalCode,
    message: string,
    details: { line?: number; errors?: readonly RowError[] } = {},
  ) {
    super(message)
    this.name = 'StatementRefused'
    this.code = code
    this.errors = details.errors ?? []
    this.line = details.line ?? this.errors[0]?.line ?? null
  }
}

/** A source over bytes that are in memory. */
export function sourceFromBytes(bytes: Uint8Array, chunkBytes = 256 * 1024): StatementSource {
  return {
    *chunks() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
    },
  }
}
