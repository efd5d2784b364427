import type { Feature, PlanLimit, PlanLimits } from '@chronos/contracts/workspace'

/** From here on a person is told that a limit comes near. */
const WARNING_SHARE = 0.8

export const LIMITS = [
  'members',
  'accounts',
  'transactionsPerMonth',
  'storageBytes',
  'whatsappMessagesPerMonth',
] as const satisfies readonly PlanLimit[]

/** What an override does not name is the plan's. A null override is no limit. */
export function limitsWith(plan: PlanLimits, overrides: Partial<PlanLimits>): PlanLimits {
  return Object.fromEntries(
    LIMITS.map((name) => [name, overrides[name] === undefined ? plan[name] : overrides[name]]),
  ) as PlanLimits
}

export function featuresWith(
  plan: Readonly<Record<Feature, boolean>>,
  overrides: Readonly<Partial<Record<Feature, boolean>>>,
): Record<Feature, boolean> {
  return { ...plan, ...overrides }
}

export interface UsageOfLimit {
  limit: number | null
  used: number
  warning: boolean
}

export function usageAgainst(limit: number | null, used: number): UsageOfLimit {
  return { limit, used, warning: limit !== null && used >= limit * WARNING_SHARE }
}

/** Months of a plan are UTC's: all tenants of a server are counted alike. */
export function monthStartOf(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1))
}

export const LIMIT_NAMES: Readonly<Record<PlanLimit, string>> = {
  members: 'members',
  accounts: 'accounts',
  transactionsPerMonth: 'transactions this month',
  storageBytes: 'bytes of files',
  whatsappMessagesPerMonth: 'WhatsApp messages this month',
}

export const FEATURE_NAMES: Readonly<Record<Feature, string>> = {
  whatsapp: 'WhatsApp',
  imports: 'imports',
  exports: 'exports',
  apiTokens: 'API tokens',
}
