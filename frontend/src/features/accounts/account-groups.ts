import type { Account, AccountType } from '@chronos/contracts/accounts'

export type AccountGroupName = 'money' | 'cards' | 'wealth' | 'debts'

/** What people think of together: money at hand, cards, what grows, what is owed. */
const GROUP_OF = {
  checking: 'money',
  savings: 'money',
  cash: 'money',
  credit_card: 'cards',
  investment: 'wealth',
  asset: 'wealth',
  loan: 'debts',
} as const satisfies Record<AccountType, AccountGroupName>

const ORDER: readonly AccountGroupName[] = ['money', 'cards', 'wealth', 'debts']

export interface CurrencyTotal {
  currency: string
  totalMinor: number
}

export interface AccountGroup {
  name: AccountGroupName
  accounts: Account[]
  totals: CurrencyTotal[]
}

/** Sums per currency, never across: there are no rates here. The home currency comes first. */
export function totalsOf(accounts: readonly Account[], homeCurrency: string): CurrencyTotal[] {
  const totals = new Map<string, number>()
  for (const { currency, balanceMinor } of accounts)
    totals.set(currency, (totals.get(currency) ?? 0) + balanceMinor)
  return [...totals]
    .map(([currency, totalMinor]) => ({ currency, totalMinor }))
    .sort((a, b) =>
      a.currency === homeCurrency ? -1 : b.currency === homeCurrency ? 1 : a.currency < b.currency ? -1 : 1,
    )
}

export function groupAccounts(accounts: readonly Account[], homeCurrency: string): AccountGroup[] {
  return ORDER.map((name) => {
    const members = accounts.filter((account) => GROUP_OF[account.type] === name)
    return { name, accounts: members, totals: totalsOf(members, homeCurrency) }
  }).filter((group) => group.accounts.length > 0)
}
