import { getSummary } from '@chronos/contracts/reports'
import { queryOptions } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { keyOf } from '../../lib/query-keys.ts'

/** Income and expense from one month to another, both included (YYYY-MM). */
export function summaryQuery(tenantId: string, from: string, to: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'reports', 'summary', from, to),
    queryFn: ({ signal }) => call(getSummary, { query: { from, to }, signal }),
  })
}
