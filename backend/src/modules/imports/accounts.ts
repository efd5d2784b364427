/** The accounts a file speaks of, with count and sum, while its rows pass by. */
import { StatementRefused } from './statement.ts'
import type { AccountKind, StatementAccount } from './statement.ts'

export const DEFAULT_KEY = 'default'

export class AccountBook {
  readonly list: StatementAccount[] = []
  private readonly byIdentity = new Map<string, StatementAccount>()
  private readonly usedKeys = new Set<string>()

  /**
   * The account of a number, currency and kind. Amounts of two currencies never meet in one account, so a further
   * currency of the same number is an account of its own, with the currency in its key.
   */
  account(number: string | null, currency: string | null, kind: AccountKind | null): StatementAccount {
    const identity = `${number ?? ''}|${currency ?? ''}|${kind ?? ''}`
    const known = this.byIdentity.get(identity)
    if (known) return known
    const plain = number ?? DEFAULT_KEY
    const keys = [plain, `${plain}:${currency ?? ''}`, `${plain}:${currency ?? ''}:${kind ?? ''}`]
    const key = keys.find((candidate) => !this.usedKeys.has(candidate)) ?? `${plain}:${this.list.length}`
    const account: StatementAccount = {
      key,
      number,
      kind,
      currency,
      count: 0,
      sumMinor: 0,
      firstOn: null,
      lastOn: null,
    }
    this.usedKeys.add(key)
    this.byIdentity.set(identity, account)
    this.list.push(account)
    return account
  }
}

/** Counts a row in. @throws StatementRefused where the sum leaves the range of exact integers */
export function addToAccount(account: StatementAccount, occurredOn: string, amountMinor: number): void {
  account.count += 1
  account.sumMinor += amountMinor
  if (!Number.isSafeInteger(account.sumMinor)) {
    throw new StatementRefused(
      'sum_too_large',
      `The amounts of account ${account.key} sum up past what can be exact.`,
    )
  }
  if (account.firstOn === null || occurredOn < account.firstOn) account.firstOn = occurredOn
  if (account.lastOn === null || occurredOn > account.lastOn) account.lastOn = occurredOn
}
