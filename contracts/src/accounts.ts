import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams, Version } from './ids.ts'
import { AmountMinor, Currency, TotalMinor } from './money.ts'
import { page, PageQuery } from './pagination.ts'
import { lineOf } from './text.ts'

export const ACCOUNT_TYPES = [
  'checking',
  'savings',
  'credit_card',
  'cash',
  'investment',
  'loan',
  'asset',
] as const
export const AccountType = z.enum(ACCOUNT_TYPES)
export type AccountType = z.infer<typeof AccountType>

export const Account = z
  .object({
    id: z.string(),
    name: z.string(),
    type: AccountType,
    currency: z.string(),
    number: z.string().nullable().meta({ description: 'As statements name the account' }),
    openingBalanceMinor: z.int(),
    balanceMinor: TotalMinor.meta({
      description: 'Opening balance and all transactions; debts are negative',
    }),
    createdAt: Instant,
    updatedAt: Instant,
    version: Version,
  })
  .meta({ id: 'Account' })
export type Account = z.infer<typeof Account>

export const AccountCreate = z.strictObject({
  name: lineOf(1, 120),
  type: AccountType,
  currency: Currency,
  openingBalanceMinor: AmountMinor.default(0),
  number: lineOf(1, 64).nullish(),
})
export type AccountCreate = z.infer<typeof AccountCreate>

/** An account's currency never changes: its amounts would change their meaning. */
export const AccountUpdate = z.strictObject({
  name: lineOf(1, 120).optional(),
  type: AccountType.optional(),
  openingBalanceMinor: AmountMinor.optional(),
  number: lineOf(1, 64).nullish(),
})
export type AccountUpdate = z.infer<typeof AccountUpdate>

const base = { tag: 'Accounts', auth: 'session' } as const

export const createAccount = endpoint({
  ...base,
  id: 'createAccount',
  method: 'POST',
  path: '/accounts',
  permission: 'ledger.write',
  summary: 'Open an account',
  body: AccountCreate,
  status: 201,
  response: Account,
  idempotent: true,
  errors: ['plan_limit', 'name_taken'],
})

export const listAccounts = endpoint({
  ...base,
  id: 'listAccounts',
  method: 'GET',
  path: '/accounts',
  permission: 'ledger.read',
  summary: 'Accounts with their balances, by name',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Account),
})

export const getAccount = endpoint({
  ...base,
  id: 'getAccount',
  method: 'GET',
  path: '/accounts/{id}',
  permission: 'ledger.read',
  summary: 'One account',
  params: IdParams,
  status: 200,
  response: Account,
})

export const updateAccount = endpoint({
  ...base,
  id: 'updateAccount',
  method: 'PATCH',
  path: '/accounts/{id}',
  permission: 'ledger.write',
  summary: 'Change an account',
  params: IdParams,
  body: AccountUpdate,
  status: 200,
  response: Account,
  ifMatch: 'required',
  errors: ['name_taken'],
})

export const deleteAccount = endpoint({
  ...base,
  id: 'deleteAccount',
  method: 'DELETE',
  path: '/accounts/{id}',
  permission: 'ledger.write',
  summary: 'Delete an account that has no transactions',
  params: IdParams,
  status: 204,
  response: null,
  ifMatch: 'optional',
  errors: ['in_use'],
})
