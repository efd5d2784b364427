/** What a workspace holds before a browser looks at it. */
import { createAccount } from '@chronos/contracts/accounts'
import type { Account } from '@chronos/contracts/accounts'
import { createTransaction } from '@chronos/contracts/transactions'
import type { Transaction } from '@chronos/contracts/transactions'
import type { Person } from './api.ts'
import { today } from './dates.ts'

/** @param balanceMinor in cents of a real */
export function openAccount(person: Person, name: string, balanceMinor = 0): Promise<Account> {
  return person.ask(createAccount, {
    body: { name, type: 'checking', currency: 'BRL', openingBalanceMinor: balanceMinor },
  })
}

/** @param amountMinor in cents of a real, negative for money out */
export function spend(
  person: Person,
  account: Account,
  description: string,
  amountMinor: number,
  more: { occurredOn?: string; categoryId?: string; tags?: string[] } = {},
): Promise<Transaction> {
  return person.ask(createTransaction, {
    body: { accountId: account.id, occurredOn: today(), description, amountMinor, ...more },
  })
}
