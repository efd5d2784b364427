/**
 * A story is what a workspace's life looks like: accounts, bills that come each month, habits, occasions. It is data;
 * plan.ts makes transactions of it. Amounts are minor units and positive; money goes out unless said otherwise.
 */
import type { AccountType } from '@chronos/contracts/accounts'

export type Range = readonly [low: number, high: number]

export interface StoryAccount {
  name: string
  type: AccountType
  currency: string
  openingBalanceMinor: number
  number?: string
}

/** What it is for: a category's key, or several that share the amount by weights. */
export type Purpose = string | null | readonly (readonly [key: string, weight: number, memo?: string])[]

interface Details {
  account: string
  purpose: Purpose
  payees: readonly [string, ...string[]]
  /** Without it, the payee's name. */
  text?: string
  income?: true
  tags?: readonly string[]
  notes?: string
  /** Written down in the chat, as small things are. */
  byWhatsapp?: true
}

/** Once a month, on the same day. `months` (1 to 12) limits it to some of them. */
export interface Bill extends Details {
  day: number
  amount: Range
  months?: readonly number[]
}

/** So many times a week, on any day. */
export interface Habit extends Details {
  perWeek: number
  amount: Range
  weekdays?: readonly number[]
  /** Now and then it is for this instead. */
  sometimes?: { chance: number; purpose: Purpose }
}

/** On one day, so many days before today. */
export interface Occasion extends Details {
  daysAgo: number
  amount: Range
}

export interface Move {
  from: string
  to: string
  day: number
  amount: Range
  text: string
  /** Where the accounts' currencies differ: what arrives, as a fraction [numerator, denominator] of what leaves. */
  rate?: readonly [number, number]
  months?: readonly number[]
}

export interface Story {
  seed: number
  months: number
  accounts: Readonly<Record<string, StoryAccount>>
  bills: readonly Bill[]
  habits: readonly Habit[]
  occasions: readonly Occasion[]
  moves: readonly Move[]
  /** Pays what was spent on a card in the month before. */
  cardBill?: { card: string; from: string; day: number; text: string }
  budgets: readonly (readonly [category: string, amountMinor: number])[]
}
