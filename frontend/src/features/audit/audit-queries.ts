import { listAuditLogs } from '@chronos/contracts/audit'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { keyOf } from '../../lib/query-keys.ts'

/** Newest first. */
export function auditQuery(tenantId: string) {
  return infiniteQueryOptions({
    queryKey: keyOf(tenantId, 'audit', 'list'),
    queryFn: ({ pageParam, signal }) =>
      call(listAuditLogs, { query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}
