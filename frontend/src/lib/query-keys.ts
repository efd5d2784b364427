/** Keys of the query cache: tenant first, so that nothing of one workspace is ever shown in another; then the module. */
import type { EventTopic } from '@chronos/contracts/events'

export const MODULES = [
  'accounts',
  'categories',
  'transactions',
  'budgets',
  'imports',
  'whatsapp',
  'audit',
  'reports',
  'workspace',
  'members',
  'exports',
  'person',
] as const
export type Module = (typeof MODULES)[number]

export function keyOf(tenantId: string, module: Module, ...rest: readonly unknown[]): readonly unknown[] {
  return [tenantId, module, ...rest]
}

/** What else a change makes stale: balances, budgets and reports are sums of transactions. */
const STALE: Record<EventTopic, readonly Module[]> = {
  accounts: ['accounts', 'reports'],
  categories: ['categories', 'reports', 'budgets'],
  transactions: ['transactions', 'accounts', 'reports', 'budgets'],
  budgets: ['budgets'],
  imports: ['imports'],
  whatsapp: ['whatsapp'],
  audit: ['audit'],
  members: ['members'],
  workspace: ['workspace'],
}

/** The modules whose queries are stale after changes of these topics, each once. */
export function staleModules(topics: readonly EventTopic[]): Module[] {
  return [...new Set(topics.flatMap((topic) => STALE[topic] ?? []))]
}
