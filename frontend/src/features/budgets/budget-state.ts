import type { Budget } from '@chronos/contracts/budgets'
import { percentOf } from '../../lib/money-format.ts'

export type BudgetMood = 'fine' | 'close' | 'over'

/** From here on a budget is worth a look. */
const CLOSE_PERCENT = 80

export function spentPercent({ spentMinor, amountMinor }: Budget): number {
  return percentOf(spentMinor, amountMinor)
}

export function moodOf(budget: Budget): BudgetMood {
  if (budget.remainingMinor < 0) return 'over'
  return spentPercent(budget) >= CLOSE_PERCENT ? 'close' : 'fine'
}

/** What needs attention, the worst first. */
export function atRisk(budgets: readonly Budget[]): Budget[] {
  return budgets
    .filter((budget) => moodOf(budget) !== 'fine')
    .sort((a, b) => spentPercent(b) - spentPercent(a))
}
