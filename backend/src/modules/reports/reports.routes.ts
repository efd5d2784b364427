import * as contract from '@chronos/contracts/reports'
import type { SummaryBlock } from '@chronos/contracts/reports'
import { safeTotal } from '../../platform/totals.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import { summaryFlows, type FlowRow } from './reports.queries.ts'
import { summaryRange } from './reports.rules.ts'

export function registerReportRoutes(endpoints: Endpoints): void {
  endpoints.register(contract.getSummary, async ({ tenant, query }) => {
    const range = summaryRange(query.from, query.to)
    const rows = await summaryFlows(tenant, range)
    return { from: range.from, to: range.to, items: blocksOf(rows, range.months), nextCursor: null }
  })
}

const NOTHING = { incomeMinor: 0, expenseMinor: 0, netMinor: 0 }

/** @throws AppError amount_overflow */
function flowOf(row: FlowRow): typeof NOTHING {
  const [income, expense] = [BigInt(row.income), BigInt(row.expense)]
  return {
    incomeMinor: safeTotal(income),
    expenseMinor: safeTotal(expense),
    netMinor: safeTotal(income - expense),
  }
}

/** One block per currency; each has every month of the range, those without money too. */
function blocksOf(rows: readonly FlowRow[], months: readonly string[]): SummaryBlock[] {
  return [...Map.groupBy(rows, (row) => row.currency)].map(([currency, sums]) => {
    const block: SummaryBlock = { currency, ...NOTHING, byCategory: [], byAccount: [], byMonth: [] }
    const byMonth = new Map<string, typeof NOTHING>()
    for (const row of sums) {
      const flow = flowOf(row)
      if (row.of === 'currency') Object.assign(block, flow)
      else if (row.of === 'category') block.byCategory.push({ categoryId: row.key, ...flow })
      else if (row.key !== null && row.of === 'account') block.byAccount.push({ accountId: row.key, ...flow })
      else if (row.key !== null) byMonth.set(row.key, flow)
    }
    block.byMonth = months.map((month) => ({ month, ...(byMonth.get(month) ?? NOTHING) }))
    return block
  })
}
