import type { Account } from '@chronos/contracts/accounts'

const key = (tenantId: string): string => `chronos.last-account.${tenantId}`

/** Where the last transaction went on this device; else the first account that money is usually spent from. */
export function defaultAccountId(tenantId: string, accounts: readonly Account[]): string | null {
  const last = localStorage.getItem(key(tenantId))
  const known = accounts.find(({ id }) => id === last)
  const usual =
    accounts.find(({ type }) => type === 'checking') ?? accounts.find(({ type }) => type === 'cash')
  return (known ?? usual ?? accounts[0])?.id ?? null
}

export function rememberAccount(tenantId: string, accountId: string): void {
  localStorage.setItem(key(tenantId), accountId)
}
