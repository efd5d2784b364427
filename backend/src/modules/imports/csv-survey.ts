/** The first pass over a CSV file: what each column holds, over all its rows. */
import { AmountColumn, DateColumn, TextColumn } from './csv-columns.ts'
import type { Heading } from './csv-headings.ts'
import { isDateCell, isOtherHeader } from './csv-layout.ts'
import type { CsvLayout } from './csv-layout.ts'
import { CsvRecords } from './csv-records.ts'
import type { CsvRecord } from './csv-records.ts'
import { decodeText } from './decode.ts'
import type { StatementSource } from './statement.ts'

/** Rows from which it is decided what a column is; after them only dates, amounts and short texts are followed. */
const SAMPLE_ROWS = 1500

export interface ColumnFacts {
  index: number
  name: string
  heading: Heading | null
  dates: DateColumn
  amounts: AmountColumn
  texts: TextColumn
  /** Letters in the sample, for telling the column of descriptions. */
  letters: number
}

export interface CsvSurvey {
  layout: CsvLayout
  columns: ColumnFacts[]
  /** Rows that have a date or an amount. */
  rows: number
  sample: CsvRecord[]
}

export async function surveyCsv(
  source: StatementSource,
  encoding: string,
  layout: CsvLayout,
): Promise<CsvSurvey> {
  const columns: ColumnFacts[] = []
  const sample: CsvRecord[] = []
  let followed: Followed | null = null
  let rows = 0
  let elsewhere = false
  const take = (record: CsvRecord): void => {
    if (record.line < layout.firstDataLine) return
    if (followed === null) {
      if (record.cells.every((cell) => cell.trim() === '')) return
      const isRow = record.cells.some((cell) => isDateCell(cell.trim()))
      // Another table below this one must not confuse the counts.
      if (!isRow && isOtherHeader(record.cells, layout.headerCells)) elsewhere = true
      if (elsewhere || (!isRow && isRepeatedHeader(record.cells, layout.headerCells))) return
      sample.push(record)
      if (isRow) rows += 1
      for (let index = 0; index < record.cells.length; index += 1) {
        const text = record.cells[index]?.trim() ?? ''
        const column = (columns[index] ??= newColumn(index, layout))
        column.texts.add(text)
        if (isRow || isDateCell(text)) column.dates.add(text)
        if (isRow) column.amounts.add(text)
        if (isRow && /\p{L}{2}/u.test(text)) column.letters += text.length
      }
      if (sample.length >= SAMPLE_ROWS) followed = followedColumns(columns)
    } else {
      rows += 1
      for (const column of followed.dates) column.dates.add(record.cells[column.index]?.trim() ?? '')
      for (const column of followed.amounts) column.amounts.follow(record.cells[column.index]?.trim() ?? '')
      for (const column of followed.texts) column.texts.add(record.cells[column.index]?.trim() ?? '')
    }
  }
  const records = new CsvRecords(layout.delimiter, layout.quote)
  for await (const piece of decodeText(source, encoding))
    for (const record of records.feed(piece)) take(record)
  for (const record of records.end()) take(record)
  for (let index = columns.length; index < layout.headerCells.length; index += 1)
    columns.push(newColumn(index, layout))
  return { layout, columns, rows, sample }
}

function isRepeatedHeader(cells: readonly string[], header: readonly string[]): boolean {
  return header.length > 0 && header.every((name, index) => (cells[index]?.trim() ?? '') === name)
}

interface Followed {
  dates: ColumnFacts[]
  amounts: ColumnFacts[]
  texts: ColumnFacts[]
}

function followedColumns(columns: readonly ColumnFacts[]): Followed {
  return {
    dates: columns.filter((column) => isDateColumn(column)),
    amounts: columns.filter(
      (column) => !isDateColumn(column) && column.amounts.amounts > 0 && isNumeric(column),
    ),
    texts: columns.filter((column) => !column.texts.overflow),
  }
}

function newColumn(index: number, layout: CsvLayout): ColumnFacts {
  return {
    index,
    name: layout.headerCells[index] ?? '',
    heading: layout.headings[index] ?? null,
    dates: new DateColumn(),
    amounts: new AmountColumn(),
    texts: new TextColumn(),
    letters: 0,
  }
}

/** Most of its cells are dates; a named date column may hold `Pending` in many of them. */
export function isDateColumn(column: ColumnFacts): boolean {
  const { dates } = column
  const share = dates.filled === 0 ? 0 : dates.dates / dates.filled
  return dates.dates > 0 && share >= (column.heading?.roles.has('date') === true ? 0.3 : 0.7)
}

export function isNumeric(column: ColumnFacts): boolean {
  const { amounts } = column
  return amounts.filled > 0 && amounts.amounts / amounts.filled >= (isNamedMoney(column) ? 0.3 : 0.7)
}

export function isNamedMoney(column: ColumnFacts): boolean {
  const roles = column.heading?.roles
  return (
    roles !== undefined &&
    (roles.has('amount') || roles.has('in') || roles.has('out') || roles.has('balance'))
  )
}

export function sampleCells(survey: CsvSurvey, column: number, count: number): string[] {
  const cells: string[] = []
  for (const record of survey.sample) {
    const text = record.cells[column]?.trim() ?? ''
    if (text !== '') cells.push(text)
    if (cells.length >= count) break
  }
  return cells
}
