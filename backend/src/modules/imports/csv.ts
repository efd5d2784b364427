/**
 * CSV statements of any layout. One pass looks at the whole file and guesses how to read it, unless a mapping is
 * given; the next reads its rows. Bad rows are refused and listed, the others stand. Where the guess is not safe the
 * caller gets it back as a question.
 */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { AccountBook, addToAccount } from './accounts.ts'
import { guessMapping } from './csv-guess.ts'
import type { CsvGuess } from './csv-guess.ts'
import { findLayout, isOtherHeader } from './csv-layout.ts'
import { CsvRecords } from './csv-records.ts'
import type { CsvRecord } from './csv-records.ts'
import { CsvRowReader } from './csv-rows.ts'
import type { CsvLine, CsvRow } from './csv-rows.ts'
import { surveyCsv } from './csv-survey.ts'
import { decodeText } from './decode.ts'
import { DedupeKeys } from './dedupe-key.ts'
import { BATCH_ROWS, MAX_LISTED_ERRORS, StatementRefused } from './statement.ts'
import type {
  AccountKind,
  RowError,
  StatementBatch,
  StatementReading,
  StatementRow,
  StatementSource,
  StatementSummary,
} from './statement.ts'
import { cleanText } from './text-clean.ts'

export interface CsvInput {
  source: StatementSource
  encoding: string
  defaultCurrency: string
  mapping: CsvMapping | null
  locale: string | null
}

export type OpenedCsv =
  | { status: 'ready'; mapping: CsvMapping; read: () => StatementReading }
  | { status: 'needs_mapping'; guess: CsvGuess }

const HEAD_CHARS = 64 * 1024

/** @throws StatementRefused where the text is no table of transactions at all */
export async function openCsv(input: CsvInput): Promise<OpenedCsv> {
  const given = input.mapping
  if (given) return { status: 'ready', mapping: given, read: () => readCsv(input, given) }
  const { head, complete } = await headOf(input)
  const layout = findLayout(head, complete)
  if (!layout) throw noTable()
  const survey = await surveyCsv(input.source, input.encoding, layout)
  const guess = guessMapping(survey, input)
  const { mapping } = guess
  if (mapping && guess.problems.length === 0) {
    return { status: 'ready', mapping, read: () => readCsv(input, mapping) }
  }
  const hopeless = guess.problems.some((problem) => problem.code === 'no_date_column') && !layout.certain
  if (hopeless && guess.problems.some((problem) => problem.code === 'no_amount_column')) throw noTable()
  return { status: 'needs_mapping', guess }
}

function noTable(): StatementRefused {
  const message = 'The file is no statement that can be read: no line of it has a date and an amount.'
  return new StatementRefused('unknown_format', message)
}

async function headOf(input: CsvInput): Promise<{ head: string; complete: boolean }> {
  let head = ''
  for await (const piece of decodeText(input.source, input.encoding)) {
    head += piece
    if (head.length > HEAD_CHARS) return { head: head.slice(0, HEAD_CHARS), complete: false }
  }
  return { head, complete: true }
}

function readCsv(input: CsvInput, mapping: CsvMapping): StatementReading {
  const book = new AccountBook()
  const summary: StatementSummary = {
    accounts: book.list,
    rows: 0,
    refused: 0,
    skipped: 0,
    empty: false,
    notices: [],
  }
  const reading = new CsvReading(input, mapping, book, summary)
  return { batches: reading.batches(), summary }
}

/** One reading of the file: holds back the last row, whose text may go on, and lines that may be a footer. */
class CsvReading {
  private readonly input: CsvInput
  private readonly mapping: CsvMapping
  private readonly book: AccountBook
  private readonly summary: StatementSummary
  private readonly reader: CsvRowReader
  private readonly keys = new DedupeKeys()
  private readonly kind: AccountKind | null
  private batch: StatementBatch = { rows: [], errors: [] }
  private last: CsvRow | null = null
  private doubtful: RowError[] = []
  private header: string[] = []
  private otherTable = false
  private seen = 0
  private unseen = 0
  private readonly firstErrors: RowError[] = []

  constructor(input: CsvInput, mapping: CsvMapping, book: AccountBook, summary: StatementSummary) {
    this.input = input
    this.mapping = mapping
    this.book = book
    this.summary = summary
    this.reader = new CsvRowReader(mapping, input.defaultCurrency)
    const { amount } = mapping
    this.kind = amount.style === 'signed' && amount.positive === 'out' ? 'credit_card' : null
  }

  async *batches(): AsyncGenerator<StatementBatch, void, void> {
    const { input, mapping } = this
    const records = new CsvRecords(mapping.delimiter, mapping.quote)
    for await (const piece of decodeText(input.source, input.encoding)) {
      for (const record of records.feed(piece)) {
        this.take(record)
        if (this.batch.rows.length + this.batch.errors.length >= BATCH_ROWS) yield this.nextBatch()
      }
    }
    for (const record of records.end()) this.take(record)
    this.release()
    this.summary.skipped += this.doubtful.length
    if (this.batch.rows.length + this.batch.errors.length > 0) yield this.nextBatch()
    this.finish()
  }

  private nextBatch(): StatementBatch {
    const { batch } = this
    this.batch = { rows: [], errors: [] }
    return batch
  }

  private take(record: CsvRecord): void {
    if (record.line === this.mapping.headerLine) this.header = record.cells.map((cell) => cell.trim())
    if (record.line < this.mapping.firstDataLine) {
      if (record.line !== this.mapping.headerLine) this.unseen += 1
      return
    }
    const line = this.reader.read(record)
    if (line.kind === 'blank') return
    this.seen += 1
    const heading = line.kind === 'no-row' || line.kind === 'more-text' || isBadDate(line)
    if (heading && this.isHeader(record)) return
    if (line.kind === 'no-row' || line.kind === 'more-text') {
      if (line.kind === 'more-text' && this.last && !this.otherTable) {
        this.last.description = cleanText(`${this.last.description} ${line.text}`)
      } else if (this.doubtful.length < MAX_LISTED_ERRORS) {
        const message = 'The line has neither date nor amount: it is no transaction.'
        this.doubtful.push({ line: record.line, code: 'not_a_transaction', message })
      }
      return
    }
    if (line.kind === 'left-out') {
      this.release()
      this.summary.skipped += 1
      return
    }
    this.release()
    for (const error of this.doubtful.splice(0)) this.refuse(error)
    if (line.kind === 'error') this.refuse(line.error)
    else if (this.otherTable) {
      const message = 'The row belongs to another table of the file, with other columns.'
      this.refuse({ line: record.line, code: 'other_table', message })
    } else this.last = line.row
  }

  /** Headings in the middle of the file: the same again, or those of another table below. */
  private isHeader(record: CsvRecord): boolean {
    const { header } = this
    if (header.length === 0) return false
    if (header.every((name, index) => (record.cells[index]?.trim() ?? '') === name)) {
      this.otherTable = false
      return true
    }
    if (!isOtherHeader(record.cells, header)) return false
    // The lines just above are that table's title.
    this.summary.skipped += this.doubtful.splice(0).length
    this.otherTable = true
    return true
  }

  private refuse(error: RowError): void {
    this.summary.refused += 1
    if (this.firstErrors.length < MAX_LISTED_ERRORS) this.firstErrors.push(error)
    this.batch.errors.push(error)
  }

  /** Gives out the row that was held back; only now is its text complete, and with it its key. */
  private release(): void {
    const { last } = this
    if (!last) return
    this.last = null
    const account = this.book.account(last.accountNumber, last.statedCurrency, this.kind)
    addToAccount(account, last.occurredOn, last.amountMinor)
    const row: Omit<StatementRow, 'dedupeKey'> = {
      line: last.line,
      accountKey: account.key,
      occurredOn: last.occurredOn,
      amountMinor: last.amountMinor,
      currency: last.currency,
      description: last.description,
      payee: last.payee,
      externalId: last.externalId,
    }
    this.summary.rows += 1
    this.batch.rows.push({ ...row, dedupeKey: this.keys.next(row) })
  }

  private finish(): void {
    const { summary, book, mapping } = this
    if (summary.rows === 0 && summary.refused > 0) {
      const first = this.firstErrors[0]
      const message = `No row of the file can be read. Line ${first?.line}: ${first?.message}`
      throw new StatementRefused('no_readable_row', message, { errors: this.firstErrors })
    }
    // A given mapping that begins below the rows would import nothing and call it success.
    if (summary.rows === 0 && this.input.mapping !== null && this.seen + this.unseen > 0) {
      throw new StatementRefused(
        'mapping_mismatch',
        'With this mapping no line of the file is a transaction.',
      )
    }
    summary.empty = summary.rows === 0
    if (summary.empty) book.account(null, mapping.currency, this.kind)
    if (book.list.some((account) => account.currency === null) && !summary.empty) {
      const message = `The file names no currency; ${this.input.defaultCurrency} was assumed.`
      summary.notices.push({ code: 'currency_assumed', message })
    }
  }
}

/** A heading may stand where a date should. */
function isBadDate(line: CsvLine): boolean {
  return line.kind === 'error' && line.error.code === 'bad_date'
}
