import type { Feature, PlanLimit } from '@chronos/contracts/workspace'
import { formatCount } from '../../lib/money-format.ts'

/** In the order in which they are shown; the contract is the list. */
const ORDER: Record<PlanLimit, true> = {
  members: true,
  accounts: true,
  transactionsPerMonth: true,
  storageBytes: true,
  whatsappMessagesPerMonth: true,
}
export const PLAN_LIMITS = Object.keys(ORDER) as PlanLimit[]

const FEATURE_ORDER: Record<Feature, true> = { whatsapp: true, imports: true, exports: true, apiTokens: true }
export const FEATURE_NAMES = Object.keys(FEATURE_ORDER) as Feature[]

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** `1500000` as "1.5 MB": units of 1000, at most one decimal. */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes
  let index = 0
  while (value >= 1000 && index < BYTE_UNITS.length - 1) {
    value /= 1000
    index += 1
  }
  const unit = BYTE_UNITS[index] ?? 'byte'
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: index === 0 ? 'long' : 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value)
}

/** A limit or what is used of it, in its own unit. */
export function formatUse(limit: PlanLimit, count: number, locale: string): string {
  return limit === 'storageBytes' ? formatBytes(count, locale) : formatCount(count, locale)
}

export type UsageMood = 'fine' | 'close' | 'full'

export interface Use {
  used: number
  limit: number | null
  warning: boolean
}

export function moodOfUse({ used, limit, warning }: Use): UsageMood {
  if (limit !== null && used >= limit) return 'full'
  return warning ? 'close' : 'fine'
}

/** How much of the limit is used, 0 to 100; 0 where there is none. */
export function usedPercent({ used, limit }: Pick<Use, 'used' | 'limit'>): number {
  return limit === null || limit <= 0 ? 0 : Math.min(100, (used / limit) * 100)
}

export interface Tight {
  limit: PlanLimit
  use: Use
  mood: Exclude<UsageMood, 'fine'>
}

/**
 * Limits that a page should tell of: what is full concerns whoever adds something, what is close those who can do
 * something about it.
 */
export function tightLimits(usage: Readonly<Partial<Record<string, Use>>>, managesPlan: boolean): Tight[] {
  return PLAN_LIMITS.flatMap((limit) => {
    const use = usage[limit]
    const mood = use ? moodOfUse(use) : 'fine'
    return use && mood !== 'fine' && (mood === 'full' || managesPlan) ? [{ limit, use, mood }] : []
  })
}

/** What was put away on this device: the same limits in the same state, so that another one is told of again. */
export function tightnessOf(tight: readonly Tight[]): string {
  return tight.map(({ limit, mood, use }) => `${limit}:${mood}:${use.limit}`).join(' ')
}
