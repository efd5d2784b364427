import type { Category } from '@chronos/contracts/categories'
import type { SummaryBlock } from '@chronos/contracts/reports'
import { percentOf } from '../../lib/money-format.ts'

export interface SpendingPart {
  /** null: without a category. */
  category: Category | undefined
  categoryId: string | null
  amountMinor: number
  percent: number
}

/** The group that stands for a category: its topmost parent. */
function rootOf(id: string, byId: ReadonlyMap<string, Category>): string {
  let current = id
  for (let steps = 0; steps < 10; steps += 1) {
    const parent = byId.get(current)?.parentId
    if (parent === null || parent === undefined || !byId.has(parent)) return current
    current = parent
  }
  return current
}

/** What was spent, by group of categories, the most first; the tail beyond `limit` is left to the page of transactions. */
export function spendingOf(
  block: SummaryBlock,
  categories: readonly Category[],
  limit: number,
): SpendingPart[] {
  const byId = new Map(categories.map((category) => [category.id, category]))
  const sums = new Map<string | null, number>()
  for (const { categoryId, expenseMinor } of block.byCategory) {
    const root = categoryId === null ? null : rootOf(categoryId, byId)
    sums.set(root, (sums.get(root) ?? 0) + expenseMinor)
  }
  return [...sums]
    .filter(([, amountMinor]) => amountMinor > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, limit)
    .map(([categoryId, amountMinor]) => ({
      category: categoryId === null ? undefined : byId.get(categoryId),
      categoryId,
      amountMinor,
      percent: percentOf(amountMinor, block.expenseMinor),
    }))
}
