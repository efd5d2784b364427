/** A CSV layout as people see it, one role per column, and as the API takes it. */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'

export const ROLES = [
  'ignore',
  'date',
  'amount',
  'out',
  'in',
  'direction',
  'description',
  'payee',
  'fee',
  'external_id',
  'account',
  'currency',
  'status',
  'balance',
] as const
export type Role = (typeof ROLES)[number]

/** What is not said by roles. */
export interface MappingOptions {
  delimiter: CsvMapping['delimiter']
  firstDataLine: number
  dateOrder: CsvMapping['date']['order']
  decimalMark: CsvMapping['decimalMark']
  /** Whether a positive amount is money in; card statements often print charges so. */
  positive: 'in' | 'out'
  inMarks: string[]
  outMarks: string[]
}

export const BLANK: CsvMapping = {
  delimiter: ',',
  quote: '"',
  headerLine: 1,
  firstDataLine: 2,
  date: { column: 0, order: 'DMY' },
  decimalMark: ',',
  amount: { style: 'signed', column: 0, positive: 'in' },
  feeColumn: null,
  descriptionColumns: [],
  payeeColumn: null,
  externalIdColumn: null,
  accountColumn: null,
  currencyColumn: null,
  currency: null,
  statusColumn: null,
  balanceColumn: null,
}

/** The role of each column of a layout. */
export function rolesOf(mapping: CsvMapping | null, columns: number): Role[] {
  const roles = Array.from({ length: columns }, (): Role => 'ignore')
  if (!mapping) return roles
  const give = (column: number | null, role: Role): void => {
    if (column !== null && column < columns) roles[column] = role
  }
  const { amount } = mapping
  for (const column of mapping.descriptionColumns) give(column, 'description')
  give(mapping.payeeColumn, 'payee')
  give(mapping.feeColumn, 'fee')
  give(mapping.externalIdColumn, 'external_id')
  give(mapping.accountColumn, 'account')
  give(mapping.currencyColumn, 'currency')
  give(mapping.statusColumn, 'status')
  give(mapping.balanceColumn, 'balance')
  give(mapping.date.column, 'date')
  if (amount.style === 'pair') {
    give(amount.outColumn, 'out')
    give(amount.inColumn, 'in')
  } else give(amount.column, 'amount')
  if (amount.style === 'flag') give(amount.flagColumn, 'direction')
  return roles
}

export function optionsOf(mapping: CsvMapping | null): MappingOptions {
  const { delimiter, firstDataLine, date, decimalMark, amount } = mapping ?? BLANK
  return {
    delimiter,
    firstDataLine,
    dateOrder: date.order,
    decimalMark,
    positive: amount.style === 'signed' ? amount.positive : 'in',
    inMarks: amount.style === 'flag' ? amount.inMarks : ['C', 'Crédito', 'Credit'],
    outMarks: amount.style === 'flag' ? amount.outMarks : ['D', 'Débito', 'Debit'],
  }
}

export type MappingProblem = 'date' | 'amount' | 'description'

/** The layout that roles and options say, or what is missing. What has no role of its own is kept from the guess. */
export function toMapping(
  roles: readonly Role[],
  options: MappingOptions,
  guess: CsvMapping | null,
): { ok: true; mapping: CsvMapping } | { ok: false; missing: MappingProblem } {
  const base = guess ?? BLANK
  const first = (role: Role): number | null => {
    const column = roles.indexOf(role)
    return column === -1 ? null : column
  }
  const all = (role: Role): number[] => roles.flatMap((given, column) => (given === role ? [column] : []))
  const date = first('date')
  if (date === null) return { ok: false, missing: 'date' }
  const amount = amountOf(first, options, base)
  if (!amount) return { ok: false, missing: 'amount' }
  const payee = first('payee')
  const described = all('description')
  if (described.length === 0 && payee === null) return { ok: false, missing: 'description' }
  return {
    ok: true,
    mapping: {
      ...base,
      delimiter: options.delimiter,
      firstDataLine: options.firstDataLine,
      headerLine:
        base.headerLine !== null && base.headerLine < options.firstDataLine ? base.headerLine : null,
      date: { column: date, order: options.dateOrder },
      decimalMark: options.decimalMark,
      amount,
      descriptionColumns: described,
      payeeColumn: payee,
      feeColumn: first('fee'),
      externalIdColumn: first('external_id'),
      accountColumn: first('account'),
      currencyColumn: first('currency'),
      statusColumn: first('status'),
      balanceColumn: first('balance'),
    },
  }
}

function amountOf(
  first: (role: Role) => number | null,
  options: MappingOptions,
  base: CsvMapping,
): CsvMapping['amount'] | null {
  const [column, out, into, flag] = [first('amount'), first('out'), first('in'), first('direction')]
  if (out !== null && into !== null) {
    const known = base.amount.style === 'pair' ? base.amount : { outNegative: false, inNegative: false }
    return {
      style: 'pair',
      outColumn: out,
      inColumn: into,
      outNegative: known.outNegative,
      inNegative: known.inNegative,
    }
  }
  if (column === null) return null
  if (flag === null) return { style: 'signed', column, positive: options.positive }
  const blank = base.amount.style === 'flag' ? base.amount.blank : 'refuse'
  return {
    style: 'flag',
    column,
    flagColumn: flag,
    inMarks: options.inMarks,
    outMarks: options.outMarks,
    blank,
  }
}
