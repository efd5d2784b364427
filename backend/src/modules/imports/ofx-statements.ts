/**
 * Statements and their transactions out of an OFX file's tags. Position is kept by the few names that matter, not by
 * nesting, so unclosed and wrongly closed tags change nothing. A transaction ends with its end tag, with the next
 * one, or with its list.
 */
import type { OfxHandler } from './ofx-tokens.ts'

export interface OfxStatementHead {
  index: number
  kind: 'bank' | 'card'
  line: number
  number: string | null
  accountType: string
  currency: string
}

/** The values of one STMTTRN as printed; empty where missing. */
export interface OfxTransaction {
  line: number
  statement: number
  type: string
  date: string
  amount: string
  id: string
  name: string
  memo: string
  currency: string
  correction: string
}

export interface OfxEvents {
  statement(head: OfxStatementHead): void
  transaction(row: OfxTransaction): void
}

/** The tags that tell a file uses end tags at all; where one does, a missing one means a file cut off. */
const AGGREGATES = new Set([
  'STATUS',
  'SONRS',
  'SIGNONMSGSRSV1',
  'BANKACCTFROM',
  'CCACCTFROM',
  'STMTTRN',
  'FI',
])
const STATEMENTS = new Map<string, 'bank' | 'card'>([
  ['STMTRS', 'bank'],
  ['CCSTMTRS', 'card'],
])
const AREA_TAGS = new Set(
  'INVSTMTRS LOANSTMTRS BANKTRANLIST BANKTRANLISTP LEDGERBAL AVAILBAL BALLIST BANKACCTFROM CCACCTFROM BANKACCTTO CCACCTTO ORIGCURRENCY STATUS'.split(
    ' ',
  ),
)
const MAX_VALUE = 4000

export class OfxStatements implements OfxHandler {
  /** What else the file holds, for the message when there is no statement. */
  investments = 0
  loans = 0
  pending = 0
  bankError = ''
  heads: OfxStatementHead[] = []
  private readonly events: OfxEvents
  private head: OfxStatementHead | null = null
  private row: OfxTransaction | null = null
  private leaf = ''
  private value = ''
  private area: 'none' | 'account' | 'other' | 'pending' | 'foreign' = 'none'
  private areaName = ''
  private inList = false
  private status = { severity: '', message: '', code: '' }
  private closesAggregates = false
  private closedOfx = false

  constructor(events: OfxEvents) {
    this.events = events
  }

  open(name: string, line: number): void {
    this.flush()
    this.leaf = name
    const kind = STATEMENTS.get(name)
    if (kind) {
      this.endRow()
      this.head = { index: this.heads.length, kind, line, number: null, accountType: '', currency: '' }
      this.heads.push(this.head)
      this.events.statement(this.head)
      this.area = 'none'
      this.inList = false
    } else if (name === 'STMTTRN' || name === 'STMTTRNP') {
      this.endRow()
      if (name === 'STMTTRNP' || this.area === 'pending') {
        this.pending += 1
        this.area = 'pending'
        this.areaName = 'BANKTRANLISTP'
      } else if (this.head && this.area !== 'foreign') this.row = blankRow(line, this.head.index)
    } else if (AREA_TAGS.has(name)) this.openInside(name)
  }

  private openInside(name: string): void {
    if (name === 'INVSTMTRS' || name === 'LOANSTMTRS') {
      this.endRow()
      this.head = null
      if (name === 'INVSTMTRS') this.investments += 1
      else this.loans += 1
    } else if (name === 'BANKTRANLIST') {
      this.endArea()
      this.inList = true
    } else if (name === 'BANKTRANLISTP') {
      this.endRow()
      this.enter('pending', name)
    } else if (name === 'LEDGERBAL' || name === 'AVAILBAL' || name === 'BALLIST') {
      this.endRow()
      this.enter('other', name)
    } else if (name === 'BANKACCTFROM' || name === 'CCACCTFROM') {
      if (!this.row && this.head) this.enter('account', name)
      else if (this.row) this.enter('other', name)
    } else if (name === 'BANKACCTTO' || name === 'CCACCTTO' || name === 'ORIGCURRENCY') {
      if (this.row) this.enter('other', name)
    } else if (name === 'STATUS') this.status = { severity: '', message: '', code: '' }
  }

  close(name: string): void {
    this.flush()
    this.leaf = ''
    if (AGGREGATES.has(name)) this.closesAggregates = true
    if (name === this.areaName) this.endArea()
    if (name === 'STMTTRN') this.endRow()
    else if (name === 'BANKTRANLIST') {
      this.endRow()
      this.inList = false
    } else if (STATEMENTS.has(name)) {
      this.endRow()
      this.head = null
      this.inList = false
    } else if (name === 'STATUS') this.endStatus()
    else if (name === 'OFX') {
      this.endRow()
      this.closedOfx = true
    }
  }

  text(value: string): void {
    if (this.leaf !== '' && this.value.length < MAX_VALUE) this.value += value
  }

  /** True when the file breaks off inside a transaction or its list. */
  end(insideTag: boolean): boolean {
    this.flush()
    const cut =
      insideTag || (this.closesAggregates && (this.row !== null || (this.inList && !this.closedOfx)))
    this.endRow()
    return cut
  }

  private enter(area: 'account' | 'other' | 'pending', name: string): void {
    this.area = area
    this.areaName = name
  }

  private endArea(): void {
    this.area = 'none'
    this.areaName = ''
  }

  private endRow(): void {
    if (this.row) this.events.transaction(this.row)
    this.row = null
    if (this.area === 'other') this.endArea()
  }

  private endStatus(): void {
    const { severity, message, code } = this.status
    if (severity.toUpperCase() === 'ERROR') this.bankError ||= message || `code ${code}`
  }

  private flush(): void {
    const value = this.value.trim()
    const { leaf } = this
    this.value = ''
    this.leaf = ''
    if (leaf === '' || value === '') return
    if (this.area === 'account') {
      if (leaf === 'ACCTID' && this.head) this.head.number = value
      if (leaf === 'ACCTTYPE' && this.head) this.head.accountType = value.toUpperCase()
    } else if (this.area === 'none' && this.row) setField(this.row, leaf, value)
    else if (leaf === 'CURDEF' && this.head) this.head.currency = value
    if (leaf === 'SEVERITY') this.status.severity = value
    if (leaf === 'MESSAGE') this.status.message = value
    if (leaf === 'CODE') this.status.code = value
  }
}

function blankRow(line: number, statement: number): OfxTransaction {
  return {
    line,
    statement,
    type: '',
    date: '',
    amount: '',
    id: '',
    name: '',
    memo: '',
    currency: '',
    correction: '',
  }
}

function setField(row: OfxTransaction, leaf: string, value: string): void {
  if (leaf === 'TRNTYPE') row.type ||= value.toUpperCase()
  else if (leaf === 'DTPOSTED') row.date ||= value
  else if (leaf === 'TRNAMT') row.amount ||= value
  else if (leaf === 'FITID') row.id ||= value
  else if (leaf === 'NAME' || leaf === 'PAYEE') row.name ||= value
  else if (leaf === 'MEMO') row.memo = row.memo === '' ? value : `${row.memo} ${value}`
  else if (leaf === 'CURSYM') row.currency ||= value
  else if (leaf === 'CORRECTACTION') row.correction ||= value.toUpperCase()
}
