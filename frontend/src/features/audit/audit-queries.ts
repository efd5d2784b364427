import { exportAuditLogs, listAuditLogs, verifyAuditLogs } from '@chronos/contracts/audit'
import { infiniteQueryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { download } from '../../lib/download.ts'
import { keyOf } from '../../lib/query-keys.ts'
import type { AuditFilters } from './audit-filters.ts'

/** Newest first. */
export function auditQuery(tenantId: string, filters: AuditFilters) {
  return infiniteQueryOptions({
    queryKey: keyOf(tenantId, 'audit', 'list', filters),
    queryFn: ({ pageParam, signal }) =>
      call(listAuditLogs, { query: { limit: 50, cursor: pageParam, ...filters }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

export function useVerifyAudit() {
  return useMutation({ meta: { shownInPlace: true }, mutationFn: () => call(verifyAuditLogs) })
}

export function useExportAudit(filters: AuditFilters) {
  return useMutation({
    mutationFn: (format: 'csv' | 'json') =>
      download(exportAuditLogs, { query: { ...filters, format } }, `history.${format}`),
  })
}
