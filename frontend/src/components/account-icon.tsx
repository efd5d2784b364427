import type { AccountType } from '@chronos/contracts/accounts'
import {
  IconAsset,
  IconCash,
  IconChecking,
  IconCreditCard,
  IconInvestment,
  IconLoan,
  IconSavings,
} from './icons.ts'

const ICONS = {
  checking: IconChecking,
  savings: IconSavings,
  credit_card: IconCreditCard,
  cash: IconCash,
  investment: IconInvestment,
  loan: IconLoan,
  asset: IconAsset,
} as const satisfies Record<AccountType, unknown>

export function AccountIcon({ type, size = 18 }: { type: AccountType; size?: number }) {
  const Icon = ICONS[type]
  return <Icon size={size} aria-hidden stroke={1.7} />
}
