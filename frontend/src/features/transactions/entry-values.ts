/** What the form of a transaction holds, and how it becomes what the API takes. */
import type { Account } from '@chronos/contracts/accounts'
import type { Transaction } from '@chronos/contracts/transactions'
import { flowOf, signedMinor } from '../../components/flow.ts'
import type { Flow } from '../../components/flow.ts'
import { randomId } from '../../lib/random-id.ts'
import type { NewTransaction, TransactionChanges } from './transaction-queries.ts'

export interface EntryLine {
  key: string
  categoryId: string | null
  /** Unsigned, in minor units. */
  amount: number | null
  memo: string
}

export interface EntryValues {
  flow: Flow
  /** Unsigned, in minor units. */
  amount: number | null
  accountId: string | null
  occurredOn: string | null
  description: string
  payee: string
  categoryId: string | null
  /** Empty: not split. */
  lines: EntryLine[]
  tags: string[]
  notes: string
}

export function emptyLine(amount: number | null = null, categoryId: string | null = null): EntryLine {
  return { key: randomId(), categoryId, amount, memo: '' }
}

export function newEntry(flow: Flow, today: string, accountId: string | null): EntryValues {
  return {
    flow,
    amount: null,
    accountId,
    occurredOn: today,
    description: '',
    payee: '',
    categoryId: null,
    lines: [],
    tags: [],
    notes: '',
  }
}

export function entryOf(transaction: Transaction): EntryValues {
  const { lines } = transaction
  return {
    flow: flowOf(transaction.amountMinor),
    amount: Math.abs(transaction.amountMinor),
    accountId: transaction.accountId,
    occurredOn: transaction.occurredOn,
    description: transaction.description,
    payee: transaction.payee ?? '',
    categoryId: transaction.categoryId,
    lines:
      lines.length < 2
        ? []
        : lines.map(({ id, categoryId, amountMinor, memo }) => ({
            key: id,
            categoryId,
            amount: Math.abs(amountMinor),
            memo: memo ?? '',
          })),
    tags: transaction.tags,
    notes: transaction.notes ?? '',
  }
}

/** What the lines leave of the whole; negative where they are too much. */
export function remainderOf({ amount, lines }: Pick<EntryValues, 'amount' | 'lines'>): number {
  return (amount ?? 0) - lines.reduce((sum, line) => sum + (line.amount ?? 0), 0)
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text
}

/** @returns null while something needed is missing. */
export function toCreate(values: EntryValues): NewTransaction | null {
  const { flow, amount, accountId, occurredOn, description, lines } = values
  if (amount === null || accountId === null || occurredOn === null) return null
  return {
    accountId,
    occurredOn,
    amountMinor: signedMinor(amount, flow),
    description,
    payee: textOrNull(values.payee),
    tags: values.tags,
    notes: textOrNull(values.notes),
    ...(lines.length === 0
      ? { categoryId: values.categoryId }
      : {
          lines: lines.map((line) => ({
            categoryId: line.categoryId,
            amountMinor: signedMinor(line.amount ?? 0, flow),
            memo: textOrNull(line.memo),
          })),
        }),
  }
}

/**
 * Only what differs from the transaction as it was read: a leg of a transfer refuses a new amount, not a new note.
 * @returns null while something needed is missing.
 */
export function toChanges(values: EntryValues, before: Transaction): TransactionChanges | null {
  const wanted = toCreate(values)
  const was = toCreate(entryOf(before))
  if (!wanted || !was) return null
  const changes: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(wanted))
    if (JSON.stringify(value) !== JSON.stringify(was[name as keyof NewTransaction])) changes[name] = value
  // Lines sum to the amount: who changes one says the other too.
  if (wanted.lines !== undefined && ('amountMinor' in changes || 'lines' in changes)) {
    changes['lines'] = wanted.lines
    changes['amountMinor'] = wanted.amountMinor
  }
  if (wanted.lines === undefined && before.lines.length > 1) changes['categoryId'] = wanted.categoryId ?? null
  return changes as TransactionChanges
}

export function accountCurrency(accounts: readonly Account[], accountId: string | null): string | undefined {
  return accounts.find(({ id }) => id === accountId)?.currency
}
