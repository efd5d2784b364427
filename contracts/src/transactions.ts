import { z } from 'zod'
import { CalendarDate, Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams, Version } from './ids.ts'
import { AmountMinor } from './money.ts'
import { page, PageQuery } from './pagination.ts'
import { lineOf, paragraphOf } from './text.ts'

export const TransactionLine = z.object({
  id: z.string(),
  categoryId: z.string().nullable(),
  amountMinor: z.int(),
  memo: z.string().nullable(),
})
export type TransactionLine = z.infer<typeof TransactionLine>

export const TRANSACTION_SOURCES = ['manual', 'import', 'whatsapp'] as const

export const Transaction = z
  .object({
    id: z.string(),
    accountId: z.string(),
    occurredOn: z.string(),
    amountMinor: z.int().meta({ description: 'Negative is money out' }),
    currency: z.string(),
    description: z.string(),
    payee: z.string().nullable(),
    categoryId: z.string().nullable().meta({ description: 'Of the only line; null where there are several' }),
    lines: z
      .array(TransactionLine)
      .meta({ description: 'One or more, of the same sign, summing to amountMinor' }),
    tags: z.array(z.string()),
    notes: z.string().nullable(),
    source: z.enum(TRANSACTION_SOURCES),
    transferId: z.string().nullable().meta({ description: 'Shared by the two legs of a transfer' }),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: 'Transaction' })
export type Transaction = z.infer<typeof Transaction>

const LineInput = z.strictObject({
  categoryId: z.guid().nullish(),
  amountMinor: AmountMinor,
  memo: lineOf(1, 200).nullish(),
})
export type LineInput = z.infer<typeof LineInput>

const Tags = z.array(lineOf(1, 40)).max(20)
const Lines = z.array(LineInput).min(1).max(100)
const notBoth = (body: { categoryId?: unknown; lines?: unknown }): boolean =>
  body.lines === undefined || body.categoryId === undefined || body.categoryId === null
const NOT_BOTH = { error: 'Give categoryId or lines, not both', path: ['categoryId'] }

export const TransactionCreate = z
  .strictObject({
    accountId: z.guid(),
    occurredOn: CalendarDate,
    amountMinor: AmountMinor,
    description: lineOf(1, 500),
    payee: lineOf(1, 200).nullish(),
    categoryId: z.guid().nullish(),
    lines: Lines.optional(),
    tags: Tags.optional(),
    notes: paragraphOf(4000).nullish(),
  })
  .refine(notBoth, NOT_BOTH)
export type TransactionCreate = z.infer<typeof TransactionCreate>

export const TransactionUpdate = z
  .strictObject({
    accountId: z.guid().optional(),
    occurredOn: CalendarDate.optional(),
    amountMinor: AmountMinor.optional(),
    description: lineOf(1, 500).optional(),
    payee: lineOf(1, 200).nullish(),
    categoryId: z.guid().nullish(),
    lines: Lines.optional(),
    tags: Tags.optional(),
    notes: paragraphOf(4000).nullish(),
  })
  .refine(notBoth, NOT_BOTH)
export type TransactionUpdate = z.infer<typeof TransactionUpdate>

const base = { tag: 'Transactions', auth: 'session' } as const
const REFUSALS = [
  'unknown_reference',
  'lines_mismatch',
  'amount_overflow',
  'currency_mismatch',
  'transfer_leg',
] as const

export const createTransaction = endpoint({
  ...base,
  id: 'createTransaction',
  method: 'POST',
  path: '/transactions',
  permission: 'ledger.write',
  summary: 'Record money in or out of an account',
  body: TransactionCreate,
  status: 201,
  response: Transaction,
  idempotent: true,
  errors: ['plan_limit', ...REFUSALS],
})

export const TransactionQuery = z.strictObject({
  ...PageQuery,
  accountId: z.guid().optional(),
  categoryId: z.guid().optional().meta({ description: 'Itself and the categories under it' }),
  uncategorized: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: only transactions with a line without category' }),
  from: CalendarDate.optional(),
  to: CalendarDate.optional().meta({ description: 'Inclusive' }),
  q: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Beginnings of words in description, payee and notes' }),
})
export type TransactionQuery = z.infer<typeof TransactionQuery>

export const listTransactions = endpoint({
  ...base,
  id: 'listTransactions',
  method: 'GET',
  path: '/transactions',
  permission: 'ledger.read',
  summary: 'Transactions, newest first',
  searchedBy: 'q',
  query: TransactionQuery,
  status: 200,
  response: page(Transaction),
})

export const getTransaction = endpoint({
  ...base,
  id: 'getTransaction',
  method: 'GET',
  path: '/transactions/{id}',
  permission: 'ledger.read',
  summary: 'One transaction',
  params: IdParams,
  status: 200,
  response: Transaction,
})

export const updateTransaction = endpoint({
  ...base,
  id: 'updateTransaction',
  method: 'PATCH',
  path: '/transactions/{id}',
  permission: 'ledger.write',
  summary: 'Change a transaction',
  params: IdParams,
  body: TransactionUpdate,
  status: 200,
  response: Transaction,
  ifMatch: 'required',
  errors: REFUSALS,
})

export const deleteTransaction = endpoint({
  ...base,
  id: 'deleteTransaction',
  method: 'DELETE',
  path: '/transactions/{id}',
  permission: 'ledger.write',
  summary: 'Delete a transaction (both legs of a transfer); restore brings it back',
  params: IdParams,
  status: 204,
  response: null,
  ifMatch: 'optional',
})

export const restoreTransaction = endpoint({
  ...base,
  id: 'restoreTransaction',
  method: 'POST',
  path: '/transactions/{id}/restore',
  permission: 'ledger.write',
  summary: 'Undo the deletion of a transaction',
  params: IdParams,
  status: 200,
  response: Transaction,
  errors: ['amount_overflow'],
})

export const TransferCreate = z.strictObject({
  fromAccountId: z.guid(),
  toAccountId: z.guid(),
  occurredOn: CalendarDate,
  amountMinor: AmountMinor.positive().meta({ description: 'What leaves the first account' }),
  receivedMinor: AmountMinor.positive().optional().meta({
    description: 'What arrives; needed where the currencies differ, forbidden where they are the same',
  }),
  description: lineOf(1, 500),
  notes: paragraphOf(4000).nullish(),
})
export type TransferCreate = z.infer<typeof TransferCreate>

export const createTransfer = endpoint({
  ...base,
  id: 'createTransfer',
  method: 'POST',
  path: '/transfers',
  permission: 'ledger.write',
  summary: 'Move money between two accounts: two transactions tied together, left out of income and expense',
  body: TransferCreate,
  status: 201,
  response: z.object({ id: z.string(), from: Transaction, to: Transaction }),
  idempotent: true,
  errors: ['plan_limit', 'unknown_reference', 'currency_mismatch', 'amount_overflow'],
})
