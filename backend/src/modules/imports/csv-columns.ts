/** What the cells of each column are, seen over the whole file: dates and their order, amounts and their marks. */
import { isBlankAmount, shapeOf, splitAmount } from './amount-text.ts'
import type { AmountParts } from './amount-text.ts'
import { currencyOf } from './currency-text.ts'
import { dateFromParts, splitDate } from './date-text.ts'
import type { DateOrder, DateParts } from './date-text.ts'

/** Counts for the question whether day or month comes first. */
export class DateColumn {
  filled = 0
  dates = 0
  /** Dates that exist only with the day first, only with the month first, either way and differently. */
  dayFirstOnly = 0
  monthFirstOnly = 0
  either = 0
  yearFirst = 0
  compactYear = 0
  compactDay = 0
  dotted = 0
  private readonly known = new Map<string, ReadDate>()
  /** How far the rows are out of order, read one way and the other. */
  readonly disorder = { DMY: new Disorder(), MDY: new Disorder() }

  add(text: string): void {
    if (text === '') return
    this.filled += 1
    const { parts, year, dayFirst, monthFirst } = this.read(text)
    if (!parts) return
    if (parts.kind === 'compact') {
      if (year === null && dayFirst === null) return
      if (year !== null) this.compactYear += 1
      else this.compactDay += 1
    } else if (parts.kind === 'certain') this.yearFirst += 1
    else {
      if (parts.dotted) this.dotted += 1
      if (dayFirst !== null && monthFirst === null) this.dayFirstOnly += 1
      else if (dayFirst === null && monthFirst !== null) this.monthFirstOnly += 1
      else if (dayFirst !== monthFirst) this.either += 1
      if (dayFirst !== null) this.disorder.DMY.add(dayFirst)
      if (monthFirst !== null) this.disorder.MDY.add(monthFirst)
    }
    this.dates += 1
  }

  /** A statement has far more rows than days, so a printed date is read once. */
  private read(text: string): ReadDate {
    const known = this.known.get(text)
    if (known) return known
    const parts = splitDate(text)
    const under = (order: DateOrder): string | null => (parts === null ? null : dateFromParts(parts, order))
    const read = { parts, year: under('YMD'), dayFirst: under('DMY'), monthFirst: under('MDY') }
    if (this.known.size > 2000) this.known.clear()
    this.known.set(text, read)
    return read
  }
}

interface ReadDate {
  parts: DateParts | null
  year: string | null
  dayFirst: string | null
  monthFirst: string | null
}

/** Statements run forwards or backwards in time; the wrong reading of their dates jumps about. */
class Disorder {
  private previous = ''
  private up = 0
  private down = 0
  private first = '9999'
  private last = '0000'
  readonly distinct = new Set<string>()

  add(date: string): void {
    if (this.previous !== '' && date > this.previous) this.up += 1
    if (this.previous !== '' && date < this.previous) this.down += 1
    this.previous = date
    if (date < this.first) this.first = date
    if (date > this.last) this.last = date
    if (this.distinct.size < 100) this.distinct.add(date)
  }

  get jumps(): number {
    return Math.min(this.up, this.down)
  }

  /** Days between the first and the last date. */
  get spanDays(): number {
    return this.distinct.size === 0 ? 0 : (Date.parse(this.last) - Date.parse(this.first)) / 86_400_000
  }
}

/** Counts for the decimal mark and for the signs of a column of amounts. */
export class AmountColumn {
  filled = 0
  amounts = 0
  integers = 0
  readonly shapes = { integer: 0, dot: 0, comma: 0, 'maybe-dot': 0, 'maybe-comma': 0, garbled: 0 }
  readonly signs = { none: 0, plus: 0, minus: 0, credit: 0, debit: 0 }
  zeros = 0
  /** Integers that groups of three would have split: `12000`. */
  longIntegers = 0
  readonly currencies = new Set<string>()

  add(text: string): void {
    if (isBlankAmount(text)) return
    this.filled += 1
    const parts = splitAmount(text)
    if (!parts) return
    this.addParts(parts)
  }

  /** Beyond the sample only what is still open is followed: whether any amount is negative, and an unsure mark. */
  follow(text: string): void {
    if (this.shapes.dot + this.shapes.comma === 0) this.add(text)
    else if (!isBlankAmount(text)) {
      this.filled += 1
      this.amounts += 1
      this.signs[/^\W*[-\u2212(]|-$/.test(text) ? 'minus' : 'none'] += 1
    }
  }

  private addParts(parts: AmountParts): void {
    const shape = shapeOf(parts.body)
    this.shapes[shape] += 1
    if (shape === 'garbled') return
    this.amounts += 1
    if (shape === 'integer') {
      this.integers += 1
      if (parts.body.length > 3) this.longIntegers += 1
    }
    if (/[1-9]/.test(parts.body)) this.signs[parts.sign] += 1
    else this.zeros += 1
    const currency = parts.currency === null ? null : currencyOf(parts.currency)
    if (currency !== null) this.currencies.add(currency)
  }

  get positive(): number {
    return this.signs.none + this.signs.plus
  }

  get negative(): number {
    return this.signs.minus
  }
}

/** The different texts of a column, as far as they are few. */
export class TextColumn {
  filled = 0
  readonly values = new Map<string, number>()
  overflow = false

  add(text: string): void {
    if (text === '') return
    this.filled += 1
    const seen = this.values.get(text)
    if (seen !== undefined) this.values.set(text, seen + 1)
    else if (this.values.size < 40) this.values.set(text, 1)
    else this.overflow = true
  }
}
