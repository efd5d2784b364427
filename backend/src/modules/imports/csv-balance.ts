/** The printed running balance as a witness: a right reading of amounts and signs leads from one balance to the next. */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import type { CsvRecord } from './csv-records.ts'
import { CsvRowReader } from './csv-rows.ts'

export interface BalanceWitness {
  /** Steps from one printed balance to the next. */
  steps: number
  /** Steps that the amounts explain, and steps that they explain with every sign turned. */
  hits: number
  turned: number
}

/** Follows the balances of a sample, oldest first or newest first, whichever explains more. */
export function followBalance(
  sample: readonly CsvRecord[],
  mapping: CsvMapping,
  currency: string,
): BalanceWitness {
  const reader = new CsvRowReader(mapping, currency)
  const rows: { amount: number; balance: number | null }[] = []
  for (const record of sample) {
    const line = reader.read(record)
    if (line.kind !== 'row') continue
    rows.push({ amount: line.row.amountMinor, balance: reader.balance(record.cells, line.row.currency) })
  }
  const forwards = follow(rows)
  // Newest first: seen from the end it is the same statement the right way round.
  const backwards = follow(rows.toReversed())
  return forwards.hits + forwards.turned >= backwards.hits + backwards.turned ? forwards : backwards
}

function follow(rows: readonly { amount: number; balance: number | null }[]): BalanceWitness {
  const witness = { steps: 0, hits: 0, turned: 0 }
  let previous: number | null = null
  let since = 0
  for (const { amount, balance } of rows) {
    since += amount
    if (balance === null) continue
    if (previous !== null && since !== 0) {
      witness.steps += 1
      if (balance - previous === since) witness.hits += 1
      if (previous - balance === since) witness.turned += 1
    }
    previous = balance
    since = 0
  }
  return witness
}

/**
 * Whether the balances clearly speak for the amounts as read, against them, or not at all. One step may be chance,
 * so it takes three to turn signs that the file prints itself.
 */
export function verdict(witness: BalanceWitness): 'right' | 'turned' | 'silent' {
  if (witness.hits > witness.turned && witness.hits * 2 >= witness.steps) return 'right'
  const enough = witness.turned >= 3 && witness.turned > witness.hits && witness.turned * 2 >= witness.steps
  return enough ? 'turned' : 'silent'
}
