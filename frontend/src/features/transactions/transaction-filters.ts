import { isCalendarDate } from '@chronos/contracts/dates'
import { readId } from '../../lib/search-params.ts'

/** What the list is narrowed to; it lives in the address, so that it can be kept, shared, and gone back to. */
export interface TransactionFilters {
  accountId?: string | undefined
  categoryId?: string | undefined
  uncategorized?: 'true' | undefined
  from?: string | undefined
  to?: string | undefined
  q?: string | undefined
}

export function readFilters(search: Record<string, unknown>): TransactionFilters {
  const date = (name: 'from' | 'to'): { [key in 'from' | 'to']?: string } => {
    const value = search[name]
    return typeof value === 'string' && isCalendarDate(value) ? { [name]: value } : {}
  }
  const q = search['q']
  return {
    ...readId(search, 'accountId'),
    ...readId(search, 'categoryId'),
    ...(search['uncategorized'] === 'true' || search['uncategorized'] === true
      ? { uncategorized: 'true' as const }
      : {}),
    ...date('from'),
    ...date('to'),
    ...((typeof q === 'string' || typeof q === 'number') && String(q) !== ''
      ? { q: String(q).slice(0, 200) }
      : {}),
  }
}

export function countFilters(filters: TransactionFilters): number {
  const period = filters.from !== undefined || filters.to !== undefined ? 1 : 0
  const others = [filters.accountId, filters.categoryId, filters.uncategorized, filters.q]
  return period + others.filter((value) => value !== undefined).length
}
