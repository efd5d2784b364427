/**
 * OFX and QFX, SGML 1.x and XML 2.x. The file is read twice: first every row is tried, so that a file with a bad row
 * is refused whole with all its bad rows named; then the rows are given out in batches.
 */
import { currencyExponent } from '@chronos/contracts/money'
import { AccountBook, addToAccount } from './accounts.ts'
import { readAmount } from './amount-text.ts'
import { currencyOf } from './currency-text.ts'
import { decodeText } from './decode.ts'
import { DedupeKeys } from './dedupe-key.ts'
import { OfxAmountStats } from './ofx-amounts.ts'
import type { SignRule } from './ofx-amounts.ts'
import {
  amountError,
  ofxAmount,
  ofxCurrency,
  ofxDate,
  ofxKind,
  ofxRowError,
  ofxSigned,
  ofxTexts,
} from './ofx-rows.ts'
import { OfxStatements } from './ofx-statements.ts'
import type { OfxStatementHead, OfxTransaction } from './ofx-statements.ts'
import { OfxTokens } from './ofx-tokens.ts'
import { BATCH_ROWS, MAX_LISTED_ERRORS, StatementRefused } from './statement.ts'
import type {
  Notice,
  RowError,
  StatementBatch,
  StatementReading,
  StatementRow,
  StatementSource,
  StatementSummary,
} from './statement.ts'
import { cleanText } from './text-clean.ts'

export interface OfxInput {
  source: StatementSource
  encoding: string
  /** What an account without a currency is read as. */
  defaultCurrency: string
}

interface Survey {
  heads: OfxStatementHead[]
  stats: OfxAmountStats[]
  rules: SignRule[]
  notices: Notice[]
}

/**
 * Tries the whole file; the function it gives reads it, as often as wanted.
 * @throws StatementRefused for a broken file, one without statements, and one with any unreadable row
 */
export async function openOfx(input: OfxInput): Promise<() => StatementReading> {
  const survey = await surveyOfx(input)
  return () => {
    const book = new AccountBook()
    const notices = [...survey.notices]
    const summary: StatementSummary = {
      accounts: book.list,
      rows: 0,
      refused: 0,
      skipped: 0,
      empty: false,
      notices,
    }
    return { batches: batchesOf(input, survey, book, summary), summary }
  }
}

async function surveyOfx(input: OfxInput): Promise<Survey> {
  const stats: OfxAmountStats[] = []
  const errors: RowError[] = []
  let refused = 0
  const refuse = (error: RowError): void => {
    refused += 1
    if (errors.length < MAX_LISTED_ERRORS) errors.push(error)
  }
  // Lone marks can only be judged when the whole statement has been seen.
  const undecided: { row: OfxTransaction; currency: string }[] = []
  const statements: OfxStatements = new OfxStatements({
    statement: () => {
      stats.push(new OfxAmountStats())
    },
    transaction: (row) => {
      stats[row.statement]?.add(row.amount, row.type)
      const currency = ofxCurrency(row, statements.heads[row.statement], input.defaultCurrency)
      const error = ofxRowError(row, currency)
      if (error) return refuse(error)
      const known = currency ?? input.defaultCurrency
      const amount = readAmount(row.amount.trim(), null, currencyExponent(known))
      if (!amount.ok && amount.code === 'amount_ambiguous') undecided.push({ row, currency: known })
      else {
        const wrong = amountError(row.line, amount)
        if (wrong) refuse(wrong)
      }
    },
  })
  const cut = await feedAll(input, statements)
  for (const { row, currency } of undecided) {
    const error = amountError(row.line, ofxAmount(row, currency, stats[row.statement] ?? null))
    if (error) refuse(error)
  }
  const listed = errors.toSorted((a, b) => a.line - b.line)
  if (cut) {
    const message =
      'The file ends in the middle of the list of transactions: it was not downloaded completely.'
    throw new StatementRefused('ofx_cut_off', message, { errors: listed })
  }
  if (refused > 0) {
    const rows = refused === 1 ? 'One transaction' : `${refused} transactions`
    const message = `${rows} cannot be read, so nothing of the file is imported. Line ${listed[0]?.line}: ${listed[0]?.message}`
    throw new StatementRefused('rows_unreadable', message, { errors: listed })
  }
  if (statements.heads.length === 0) throw refusalWithoutStatement(statements)
  const rules = stats.map((stat) => stat.signRule())
  return { heads: statements.heads, stats, rules, notices: noticesOf(statements, rules) }
}

async function feedAll(input: OfxInput, statements: OfxStatements): Promise<boolean> {
  const tokens = new OfxTokens(statements)
  for await (const piece of decodeText(input.source, input.encoding)) tokens.feed(piece)
  return statements.end(tokens.end())
}

function refusalWithoutStatement(statements: OfxStatements): StatementRefused {
  if (statements.bankError !== '') {
    const said = cleanText(statements.bankError, 200)
    return new StatementRefused(
      'ofx_bank_error',
      `The file holds no statement but the bank's error message: ${said}`,
    )
  }
  if (statements.investments > 0) {
    const message = 'The file is a statement of an investment account; those are not supported yet.'
    return new StatementRefused('ofx_investments', message)
  }
  if (statements.loans > 0) {
    return new StatementRefused(
      'ofx_loans',
      'The file is a statement of a loan; those are not supported yet.',
    )
  }
  return new StatementRefused('ofx_no_statement', 'The file is OFX but holds no statement of an account.')
}

function noticesOf(statements: OfxStatements, rules: readonly SignRule[]): Notice[] {
  const notices: Notice[] = []
  if (statements.investments > 0) {
    const message = 'The file also holds an investment account, which was left out.'
    notices.push({ code: 'investments_left_out', message })
  }
  if (statements.pending > 0) {
    const message = `${statements.pending} pending transactions were left out: they are not booked yet.`
    notices.push({ code: 'pending_left_out', message })
  }
  if (rules.some((rule) => rule !== 'as-printed')) {
    const message =
      'The bank printed amounts without their signs; the kind of each transaction gave its direction.'
    notices.push({ code: 'signs_from_types', message })
  }
  return notices
}

async function* batchesOf(
  input: OfxInput,
  survey: Survey,
  book: AccountBook,
  summary: StatementSummary,
): AsyncGenerator<StatementBatch, void, void> {
  const keys = new DedupeKeys()
  let rows: StatementRow[] = []
  const statements = new OfxStatements({
    statement: (head) => {
      // An account belongs to the file even where its statement is empty.
      const stated = survey.heads[head.index]
      if (stated && currencyOf(stated.currency) !== null) accountOf(stated, currencyOf(stated.currency), book)
    },
    transaction: (row) => rows.push(rowOf(row, input, survey, book, keys)),
  })
  const tokens = new OfxTokens(statements)
  for await (const piece of decodeText(input.source, input.encoding)) {
    tokens.feed(piece)
    while (rows.length >= BATCH_ROWS) {
      const batch = rows.slice(0, BATCH_ROWS)
      rows = rows.slice(BATCH_ROWS)
      summary.rows += batch.length
      yield { rows: batch, errors: [] }
    }
  }
  statements.end(tokens.end())
  for (const head of survey.heads) {
    const number = numberOf(head)
    if (!book.list.some((account) => account.number === number)) accountOf(head, null, book)
  }
  summary.rows += rows.length
  if (rows.length > 0) yield { rows, errors: [] }
  summary.empty = summary.rows === 0
  if (book.list.some((account) => account.currency === null)) {
    const message = `The file names no currency; ${input.defaultCurrency} was assumed.`
    summary.notices.push({ code: 'currency_assumed', message })
  }
}

function numberOf(head: OfxStatementHead): string | null {
  return head.number === null ? null : cleanText(head.number, 60) || null
}

function accountOf(head: OfxStatementHead, currency: string | null, book: AccountBook) {
  return book.account(numberOf(head), currency, ofxKind(head))
}

function rowOf(
  raw: OfxTransaction,
  input: OfxInput,
  survey: Survey,
  book: AccountBook,
  keys: DedupeKeys,
): StatementRow {
  const head = survey.heads[raw.statement]
  const currency = ofxCurrency(raw, head, input.defaultCurrency)
  const occurredOn = ofxDate(raw.date)
  const amount = ofxAmount(raw, currency ?? input.defaultCurrency, survey.stats[raw.statement] ?? null)
  if (head === undefined || currency === null || occurredOn === null || !amount.ok) {
    throw new StatementRefused('rows_unreadable', 'The file changed while it was read.', { line: raw.line })
  }
  const stated = head.currency === '' && currencyOf(raw.currency) === null ? null : currency
  const account = accountOf(head, stated, book)
  const amountMinor = ofxSigned(
    amount.minor,
    amount.sign,
    raw.type,
    survey.rules[raw.statement] ?? 'as-printed',
  )
  const row = { line: raw.line, accountKey: account.key, occurredOn, amountMinor, currency, ...ofxTexts(raw) }
  addToAccount(account, occurredOn, amountMinor)
  return { ...row, dedupeKey: keys.next(row) }
}
