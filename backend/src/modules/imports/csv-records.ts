/**
 * Records out of CSV text, piece by piece. Written by hand because it has to do what a strict reader refuses: stray
 * quotes inside a cell, a quote that nobody closes, records of any width, and the line of each; and because the
 * streaming parser at hand takes five times as long, twice per import.
 */
import { MAX_LINE_CHARS, StatementRefused } from './statement.ts'

export type CsvDelimiter = ',' | ';' | '\t' | '|'
export type CsvQuote = '"' | "'"

export interface CsvRecord {
  /** The line on which the record begins, from 1. */
  line: number
  cells: string[]
}

export const MAX_COLUMNS = 500
/** A cell does not run over more lines than this; a quote that seems to is taken for a letter. */
const MAX_CELL_LINES = 60
const DATE_AT_START = /^\s*["']?\d{1,4}[-./]\d{1,2}[-./]\d{1,4}/

export class CsvRecords {
  private rest = ''
  private line = 1
  private readonly delimiter: CsvDelimiter
  private readonly quote: CsvQuote

  constructor(delimiter: CsvDelimiter, quote: CsvQuote) {
    this.delimiter = delimiter
    this.quote = quote
  }

  /** The records that are complete with this piece of text (line ends as `\n`). */
  feed(piece: string): CsvRecord[] {
    return this.take(this.rest === '' ? piece : this.rest + piece, false)
  }

  /** The records that were still open. */
  end(): CsvRecord[] {
    return this.take(this.rest, true)
  }

  private take(text: string, last: boolean): CsvRecord[] {
    const records: CsvRecord[] = []
    let at = 0
    while (at < text.length) {
      const newline = text.indexOf('\n', at)
      if (newline < 0 && !last) break
      const end = newline < 0 ? text.length : newline
      const row = text.slice(at, end)
      if (row.length > MAX_LINE_CHARS) this.tooLong()
      if (!row.includes(this.quote)) {
        records.push(this.record(row.split(this.delimiter)))
        at = end + 1
        this.line += 1
        continue
      }
      const quoted = this.quoted(text, at, last)
      if (quoted === null) break
      records.push(this.record(quoted.cells))
      at = quoted.end + 1
      this.line += quoted.lines
    }
    this.rest = text.slice(at)
    if (this.rest.length > MAX_LINE_CHARS) this.tooLong()
    return records
  }

  private record(cells: string[]): CsvRecord {
    if (cells.length > MAX_COLUMNS) {
      throw new StatementRefused(
        'too_many_columns',
        `Line ${this.line} has more than ${MAX_COLUMNS} columns.`,
        {
          line: this.line,
        },
      )
    }
    return { line: this.line, cells }
  }

  private tooLong(): never {
    const message = `Line ${this.line} is longer than a statement's line can be.`
    throw new StatementRefused('line_too_long', message, { line: this.line })
  }

  /** One record that has quotes in it; null when its end is not in the text yet. */
  private quoted(
    text: string,
    start: number,
    last: boolean,
  ): { cells: string[]; end: number; lines: number } | null {
    const cells: string[] = []
    let lines = 1
    let at = start
    for (;;) {
      let open = at
      while (text[open] === ' ') open += 1
      const cell = text[open] === this.quote ? this.quotedCell(text, open, last) : undefined
      if (cell === null) return null
      if (cell === undefined) {
        const end = this.endOfPlain(text, at)
        if (end === text.length && !last) return null
        cells.push(this.withoutStrayQuote(text.slice(at, end)))
        at = end
      } else {
        cells.push(cell.value)
        lines += cell.lines
        at = cell.end
      }
      if (at >= text.length) return last ? { cells, end: at, lines } : null
      if (text[at] === '\n') return { cells, end: at, lines }
      at += 1
    }
  }

  /** `NL77RABO0311"`: the quote that should have opened the cell is missing. */
  private withoutStrayQuote(cell: string): string {
    const { quote } = this
    return cell.endsWith(quote) && cell.indexOf(quote) === cell.length - 1 ? cell.slice(0, -1) : cell
  }

  private endOfPlain(text: string, start: number): number {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const delimiter = text.indexOf(this.delimiter, start)
    return delimiter < 0 || delimiter > end ? end : delimiter
  }

  /** A cell in quotes; undefined when its quote is only a letter; null when more text is needed to tell. */
  private quotedCell(text: string, open: number, last: boolean) {
    const { quote, delimiter } = this
    let lines = 0
    let from = open + 1
    for (;;) {
      const close = text.indexOf(quote, from)
      const until = close < 0 ? text.length : close
      for (let at = text.indexOf('\n', from); at >= 0 && at < until; at = text.indexOf('\n', at + 1)) {
        lines += 1
        if (lines > MAX_CELL_LINES || this.beginsRecord(text, at + 1)) return undefined
      }
      if (close < 0) return last ? undefined : null
      if (text[close + 1] === quote) {
        from = close + 2
        continue
      }
      let after = close + 1
      while (text[after] === ' ') after += 1
      if (after >= text.length && !last) return null
      if (after >= text.length || text[after] === delimiter || text[after] === '\n') {
        const raw = text.slice(open + 1, close)
        return { value: raw.includes(quote) ? raw.replaceAll(quote + quote, quote) : raw, lines, end: after }
      }
      // A quote in the middle of a cell's text: `"Loja "X" Ltda"`.
      from = close + 1
    }
  }

  /** Whether a line inside quotes looks like the next record: then the quote before it was never meant to open. */
  private beginsRecord(text: string, start: number): boolean {
    return DATE_AT_START.test(text.slice(start, start + 20))
  }
}
