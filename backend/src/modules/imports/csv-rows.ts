/**
 * One CSV record under a mapping: a row of money, a line that is rightly none, or an error that says why.
 * Nothing is guessed here; the mapping decides, and what contradicts it is refused.
 */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { currencyExponent } from '@chronos/contracts/money'
import { isBlankAmount, readAmount, shorten } from './amount-text.ts'
import type { CsvRecord } from './csv-records.ts'
import { foldMark, isBalanceLine, isTotalLine, unbookedStatus } from './csv-words.ts'
import { currencyOf } from './currency-text.ts'
import { readDate } from './date-text.ts'
import type { RowError, RowErrorCode } from './statement.ts'
import { cleanText } from './text-clean.ts'

export interface CsvRow {
  line: number
  occurredOn: string
  amountMinor: number
  /** Null where neither the file nor its heading names one. */
  statedCurrency: string | null
  currency: string
  description: string
  payee: string | null
  externalId: string | null
  accountNumber: string | null
}

export type CsvLine =
  | { kind: 'row'; row: CsvRow }
  | { kind: 'error'; error: RowError }
  /** Text that belongs to the row before it. */
  | { kind: 'more-text'; text: string }
  /** A balance, a total, a repeated heading. */
  | { kind: 'left-out' }
  /** No transaction; a footer if only such lines follow, else an error. */
  | { kind: 'no-row' }
  | { kind: 'blank' }

type Value = { minor: number } | { error: RowErrorCode; reason: string } | null

export class CsvRowReader {
  private readonly mapping: CsvMapping
  private readonly defaultCurrency: string
  private readonly inMarks: ReadonlySet<string>
  private readonly outMarks: ReadonlySet<string>
  private readonly amountColumns: readonly number[]
  private readonly knownDates = new Map<string, string | null>()

  constructor(mapping: CsvMapping, defaultCurrency: string) {
    this.mapping = mapping
    this.defaultCurrency = defaultCurrency
    const { amount } = mapping
    this.inMarks = new Set(amount.style === 'flag' ? amount.inMarks.map(foldMark) : [])
    this.outMarks = new Set(amount.style === 'flag' ? amount.outMarks.map(foldMark) : [])
    this.amountColumns = amount.style === 'pair' ? [amount.outColumn, amount.inColumn] : [amount.column]
  }

  read(record: CsvRecord): CsvLine {
    const { line, cells } = record
    const { mapping } = this
    const dateText = at(cells, mapping.date.column)
    const occurredOn = dateText === '' ? null : this.date(dateText)
    const hasAmount = this.amountColumns.some((column) => !isBlankAmount(at(cells, column)))
    if (occurredOn === null) return this.withoutDate(record, dateText, hasAmount)
    const unbooked = mapping.statusColumn === null ? null : unbookedStatus(at(cells, mapping.statusColumn))
    if (unbooked !== null)
      return fail(line, unbooked === 'pending' ? 'pending' : 'not_booked', notBooked(unbooked))
    const description = this.description(cells)
    if (isBalanceLine(description)) return { kind: 'left-out' }
    if (description === '' && cells.some(isBalanceLine)) return { kind: 'left-out' }
    if (!hasAmount) return fail(line, 'missing_amount', 'The row has no amount.')
    const printed = mapping.currencyColumn === null ? '' : at(cells, mapping.currencyColumn)
    const statedCurrency = printed === '' ? mapping.currency : currencyOf(printed)
    if (printed !== '' && statedCurrency === null) {
      return fail(line, 'unknown_currency', `The currency "${shorten(printed)}" is none that is in use.`)
    }
    const currency = statedCurrency ?? this.defaultCurrency
    const value = this.amount(cells, currencyExponent(currency))
    if (value === null) return fail(line, 'missing_amount', 'The row has no amount.')
    if ('error' in value) return fail(line, value.error, value.reason)
    const payee = mapping.payeeColumn === null ? '' : cleanText(at(cells, mapping.payeeColumn))
    const id = mapping.externalIdColumn === null ? '' : cleanText(at(cells, mapping.externalIdColumn), 255)
    const number = mapping.accountColumn === null ? '' : cleanText(at(cells, mapping.accountColumn), 60)
    const row: CsvRow = {
      line,
      occurredOn,
      amountMinor: value.minor,
      statedCurrency,
      currency,
      description: description === '' ? payee : description,
      payee: payee === '' ? null : payee,
      externalId: id === '' ? null : id,
      accountNumber: number === '' ? null : number,
    }
    return { kind: 'row', row }
  }

  /** The balance printed beside the row, in minor units; null where there is none. */
  balance(cells: readonly string[], currency: string): number | null {
    const column = this.mapping.balanceColumn
    if (column === null || isBlankAmount(at(cells, column))) return null
    const result = readAmount(at(cells, column), this.mapping.decimalMark, currencyExponent(currency))
    if (!result.ok) return null
    return result.sign === 'minus' || result.sign === 'debit' ? -result.minor : result.minor
  }

  /** A statement has far more rows than days, so a printed date is read once. */
  private date(text: string): string | null {
    const known = this.knownDates.get(text)
    if (known !== undefined) return known
    const date = readDate(text, this.mapping.date.order)
    if (this.knownDates.size > 2000) this.knownDates.clear()
    this.knownDates.set(text, date)
    return date
  }

  private withoutDate(record: CsvRecord, dateText: string, hasAmount: boolean): CsvLine {
    const { line, cells } = record
    if (cells.every((cell) => cell.trim() === '')) return { kind: 'blank' }
    const description = this.description(cells)
    const first = cells.find((cell) => cell.trim() !== '') ?? ''
    if (isBalanceLine(description) || isBalanceLine(dateText) || isTotalLine(first))
      return { kind: 'left-out' }
    if (dateText === '') {
      if (hasAmount) return fail(line, 'missing_date', 'The row has an amount but no date.')
      if (description !== '') return { kind: 'more-text', text: description }
      return { kind: 'no-row' }
    }
    if (unbookedStatus(dateText) !== null) return fail(line, 'pending', notBooked('pending'))
    if (!hasAmount) return { kind: 'no-row' }
    return fail(line, 'bad_date', `"${shorten(dateText)}" is not a date that exists.`)
  }

  private description(cells: readonly string[]): string {
    const { descriptionColumns } = this.mapping
    const only = descriptionColumns[0]
    if (only === undefined) return ''
    if (descriptionColumns.length === 1) return cleanText(at(cells, only))
    const texts = descriptionColumns.map((column) => cleanText(at(cells, column)))
    return cleanText(texts.filter((text, index) => text !== '' && texts.indexOf(text) === index).join(' '))
  }

  private amount(cells: readonly string[], exponent: number): Value {
    const { amount, feeColumn } = this.mapping
    const value =
      amount.style === 'signed'
        ? this.signed(at(cells, amount.column), amount.positive, exponent)
        : amount.style === 'flag'
          ? this.flagged(at(cells, amount.column), at(cells, amount.flagColumn), amount.blank, exponent)
          : this.pair(at(cells, amount.outColumn), at(cells, amount.inColumn), exponent)
    if (feeColumn === null || value === null || 'error' in value || isBlankAmount(at(cells, feeColumn)))
      return value
    const fee = this.number(at(cells, feeColumn), exponent)
    return 'error' in fee ? fee : { minor: value.minor - Math.abs(fee.minor) }
  }

  /** The number with its printed sign; `mark` tells a credit or debit letter, which stands above any rule. */
  private number(text: string, exponent: number) {
    const result = readAmount(text, this.mapping.decimalMark, exponent)
    if (!result.ok) return { error: result.code, reason: `The amount ${result.reason}.` }
    const mark = result.sign === 'credit' ? 'in' : result.sign === 'debit' ? 'out' : null
    const minor = result.sign === 'minus' || mark === 'out' ? -result.minor : result.minor
    return { minor: minor === 0 ? 0 : minor, mark }
  }

  private signed(text: string, positive: 'in' | 'out', exponent: number): Value {
    const value = this.number(text, exponent)
    if ('error' in value) return value
    return value.mark !== null || positive === 'in' ? value : negate(value.minor)
  }

  private flagged(text: string, flag: string, blank: 'in' | 'out' | 'refuse', exponent: number): Value {
    const value = this.number(text, exponent)
    if ('error' in value) return value
    const mark = foldMark(flag)
    const direction = this.inMarks.has(mark)
      ? 'in'
      : this.outMarks.has(mark)
        ? 'out'
        : flag === ''
          ? blank
          : 'refuse'
    if (direction === 'refuse') {
      const reason = `"${shorten(flag)}" does not tell whether the money came in or went out.`
      return { error: 'unknown_sign', reason }
    }
    if (value.mark !== null) return value.mark === direction ? value : negate(value.minor)
    return direction === 'in' ? value : negate(value.minor)
  }

  private pair(outText: string, inText: string, exponent: number): Value {
    const { amount } = this.mapping
    if (amount.style !== 'pair') return null
    const out = isBlankAmount(outText) ? null : this.number(outText, exponent)
    const into = isBlankAmount(inText) ? null : this.number(inText, exponent)
    if (out && 'error' in out) return out
    if (into && 'error' in into) return into
    if (out && into && out.minor !== 0 && into.minor !== 0) {
      return { error: 'both_directions', reason: 'The row has an amount going out and one coming in.' }
    }
    if (out && (out.minor !== 0 || !into)) return amount.outNegative ? out : negate(out.minor)
    if (!into) return null
    return amount.inNegative ? negate(into.minor) : into
  }
}

function at(cells: readonly string[], column: number): string {
  return cells[column]?.trim() ?? ''
}

function negate(minor: number): { minor: number } {
  return { minor: minor === 0 ? 0 : -minor }
}

function fail(line: number, code: RowErrorCode, message: string): CsvLine {
  return { kind: 'error', error: { line, code, message } }
}

function notBooked(state: 'pending' | 'void'): string {
  return state === 'pending'
    ? 'The transaction is pending: the bank has not booked it yet.'
    : 'The transaction was declined or cancelled: no money moved.'
}
