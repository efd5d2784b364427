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

/** Counts that rows of accounts go into: they tell who is kept from an account how much there is in it. */
const OF_ACCOUNTS: ReadonlySet<PlanLimit> = new Set(['accounts', 'transactionsPerMonth', 'storageBytes'])

/** Whether the use of a limit is told to somebody from whom these accounts are kept. */
export function isUseSeenWithout(hiddenAccounts: readonly string[], limit: PlanLimit): boolean {
  return hiddenAccounts.length === 0 || !OF_ACCOUNTS.has(limit)
}

/** What of the use of a plan somebody may see, from whom these accounts are kept. */
export function usageSeenWithout<Use>(
  hiddenAccounts: readonly string[],
  usage: Readonly<Record<PlanLimit, Use>>,
): Partial<Record<PlanLimit, Use>> {
  return Object.fromEntries(
    LIMITS.filter((name) => isUseSeenWithout(hiddenAccounts, name)).map((name) => [name, usage[name]]),
  )
}

/** What is set for one tenant alone; what it does not name is the plan's. */
export type LimitOverrides = { readonly [Limit in PlanLimit]?: number | null | undefined }
export type FeatureOverrides = { readonly [Name in Feature]?: boolean | undefined }

/** What an override does not name is the plan's. A null override is no limit. */
export function limitsWith(plan: PlanLimits, overrides: LimitOverrides): PlanLimits {
  return Object.fromEntries(
    LIMITS.map((name) => [name, overrides[name] === undefined ? plan[name] : overrides[name]]),
  ) as PlanLimits
}

export function featuresWith(
  plan: Readonly<Record<Feature, boolean>>,
  overrides: FeatureOverrides,
): Record<Feature, boolean> {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined)
  return { ...plan, ...Object.fromEntries(given) }
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
