/** Where the table of a CSV file begins, and what divides its cells: judged by which reading gives dates and amounts. */
import { isBlankAmount, shapeOf, splitAmount } from './amount-text.ts'
import { CsvRecords } from './csv-records.ts'
import type { CsvDelimiter, CsvQuote, CsvRecord } from './csv-records.ts'
import { readHeading } from './csv-headings.ts'
import type { Heading } from './csv-headings.ts'
import { currencyOf } from './currency-text.ts'
import { dateFromParts, splitDate } from './date-text.ts'

export interface CsvLayout {
  delimiter: CsvDelimiter
  quote: CsvQuote
  headerLine: number | null
  headerCells: string[]
  headings: Heading[]
  firstDataLine: number
  /** Text above the table: bank, account, period. */
  preamble: string
  /** True when the headings alone prove a table of transactions. */
  certain: boolean
}

const DELIMITERS: readonly CsvDelimiter[] = [';', ',', '\t', '|']
const LOOK_RECORDS = 400
const HEADER_WITHIN = 60

export function isDateCell(text: string): boolean {
  const parts = splitDate(text)
  if (parts === null) return false
  if (parts.kind !== 'compact') return true
  return dateFromParts(parts, 'YMD') !== null || dateFromParts(parts, 'DMY') !== null
}

export function isAmountCell(text: string): boolean {
  if (isBlankAmount(text)) return false
  const parts = splitAmount(text)
  return parts !== null && shapeOf(parts.body) !== 'garbled'
}

/** Null where no delimiter makes a table of it. */
export function findLayout(head: string, complete: boolean): CsvLayout | null {
  const text = complete ? head : head.slice(0, head.lastIndexOf('\n') + 1) || head
  const told = /^\uFEFF?"?sep=(.)/i.exec(text)?.[1]
  const quote: CsvQuote = !text.includes('"') && /(?:^|[;,\t|\n])'[^'\n]*'[;,\t|\n]/.test(text) ? "'" : '"'
  let best: { layout: CsvLayout; score: number } | null = null
  for (const delimiter of DELIMITERS) {
    if (told !== undefined && DELIMITERS.some((known) => known === told) && told !== delimiter) continue
    if (!text.includes(delimiter)) continue
    const records = readHead(text, delimiter, quote)
    const found = layoutOf(records, delimiter, quote)
    if (found && (best === null || found.score > best.score)) best = found
  }
  return best?.layout ?? null
}

function readHead(text: string, delimiter: CsvDelimiter, quote: CsvQuote): CsvRecord[] {
  const reader = new CsvRecords(delimiter, quote)
  return [...reader.feed(text), ...reader.end()].slice(0, LOOK_RECORDS)
}

function layoutOf(records: CsvRecord[], delimiter: CsvDelimiter, quote: CsvQuote) {
  const look = records.map(lookAt)
  const dataRows = look.filter((row) => row.dates > 0 && row.amounts > 0)
  const strong = look
    .slice(0, HEADER_WITHIN)
    .findIndex((row) => isStrongHeader(row.record.cells, row.dates, row.amounts))
  const firstData = look.findIndex(
    (row) =>
      row.dates > 0 && row.amounts > 0 && (strong < 0 || row.record.line > (look[strong]?.record.line ?? 0)),
  )
  const wide = look.filter((row) => row.filled >= 2).length
  if (strong < 0 && firstData < 0 && wide < 2) return null
  const header = strong >= 0 ? strong : weakHeader(look, firstData)
  const headerRecord = header === null ? undefined : look[header]?.record
  const begin = headerRecord ? headerRecord.line + 1 : (look[Math.max(firstData, 0)]?.record.line ?? 1)
  const headerCells = headerRecord?.cells.map((cell) => cell.trim()) ?? []
  const layout: CsvLayout = {
    delimiter,
    quote,
    headerLine: headerRecord?.line ?? null,
    headerCells,
    headings: headerCells.map((cell) => readHeading(cell, currencyOf)),
    firstDataLine: begin,
    preamble: records
      .filter((record) => record.line < (headerRecord?.line ?? begin))
      .map((record) => record.cells.join(' '))
      .join('\n')
      .slice(0, 2000),
    certain: strong >= 0,
  }
  const roles = layout.headings.filter((heading) => heading.roles.size > 0).length
  return { layout, score: dataRows.length * 10 + (strong >= 0 ? 25 + roles : 0) + wide / 10 }
}

interface Look {
  record: CsvRecord
  dates: number
  amounts: number
  filled: number
}

function lookAt(record: CsvRecord): Look {
  let [dates, amounts, filled] = [0, 0, 0]
  for (const cell of record.cells) {
    const text = cell.trim()
    if (text === '') continue
    filled += 1
    if (isDateCell(text)) dates += 1
    else if (isAmountCell(text)) amounts += 1
  }
  return { record, dates, amounts, filled }
}

/** Names a date and an amount, in two cells, and holds neither. */
function isStrongHeader(cells: readonly string[], dates: number, amounts: number): boolean {
  if (dates > 0 || amounts > 0) return false
  let date = -1
  let money = -1
  cells.forEach((cell, index) => {
    if (cell.length > 60) return
    const { roles } = readHeading(cell, currencyOf)
    if (date < 0 && roles.has('date')) date = index
    if (money < 0 && index !== date && (roles.has('amount') || roles.has('in') || roles.has('out')))
      money = index
  })
  return date >= 0 && money >= 0
}

/** The line above the first row of data, where it is as wide and holds names only. */
function weakHeader(look: readonly Look[], firstData: number): number | null {
  const data = look[firstData]
  for (let index = firstData - 1; data && index >= 0; index -= 1) {
    const row = look[index]
    if (!row || row.filled === 0) continue
    const names = row.dates === 0 && row.amounts === 0 && row.filled >= 2
    return names && Math.abs(row.record.cells.length - data.record.cells.length) <= 1 ? index : null
  }
  return null
}

/** Whether a line in the middle of the file begins a table of other columns. */
export function isOtherHeader(cells: readonly string[], header: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim())
  const same = names.filter((name, index) => name !== '' && name === header[index]).length
  if (same >= 2 && same >= header.filter((name) => name !== '').length / 2) return false
  return isStrongHeader(names, names.filter(isDateCell).length, names.filter(isAmountCell).length)
}
