import type { Transaction } from '@chronos/contracts/transactions'

export type ListRow =
  | { kind: 'day'; date: string }
  /** `first` of its day: the only one that needs to print the date. */
  | { kind: 'transaction'; transaction: Transaction; first: boolean }

/** The rows as they are drawn; on phones a heading stands over each day. */
export function rowsOf(transactions: readonly Transaction[], withDays: boolean): ListRow[] {
  const rows: ListRow[] = []
  let day: string | null = null
  for (const transaction of transactions) {
    const first = transaction.occurredOn !== day
    if (first && withDays) rows.push({ kind: 'day', date: transaction.occurredOn })
    rows.push({ kind: 'transaction', transaction, first })
    day = transaction.occurredOn
  }
  return rows
}
