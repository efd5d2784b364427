/**
 * The first lines of a CSV file, cell by cell, for the person who says what its columns mean. Row n is line n of the
 * file, heading and preamble included; lines that a cell runs over are empty.
 */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { CsvRecords } from './csv-records.ts'
import { decodeText } from './decode.ts'
import type { StatementSource } from './statement.ts'

/** Rows shown below the line on which the transactions begin, and at most in all. */
const SHOWN_ROWS = 10
const MAX_LINES = 40
const MAX_CELLS = 50
const MAX_CELL_CHARS = 200

export async function sampleOf(
  source: StatementSource,
  encoding: string,
  layout: Pick<CsvMapping, 'delimiter' | 'quote' | 'firstDataLine'>,
): Promise<string[][]> {
  const lines = Math.min(MAX_LINES, layout.firstDataLine - 1 + SHOWN_ROWS)
  const rows: string[][] = []
  const records = new CsvRecords(layout.delimiter, layout.quote)
  const take = (record: { line: number; cells: string[] }): void => {
    if (record.line > lines) return
    while (rows.length < record.line - 1) rows.push([])
    rows.push(record.cells.slice(0, MAX_CELLS).map((cell) => cell.slice(0, MAX_CELL_CHARS)))
  }
  for await (const piece of decodeText(source, encoding)) {
    for (const record of records.feed(piece)) take(record)
    if (rows.length >= lines) return rows
  }
  for (const record of records.end()) take(record)
  return rows
}
