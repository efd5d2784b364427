import { createExport, downloadExport, listExports } from '@chronos/contracts/exports'
import type { DataExport } from '@chronos/contracts/exports'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { download } from '../../lib/download.ts'
import { queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'
import { isUnderWay } from './export-state.ts'

const POLL_MS = 2000

/** Newest first; asked again while one is being made. */
export function useExports() {
  const tenantId = useTenantId()
  return useInfiniteQuery({
    queryKey: keyOf(tenantId, 'exports', 'list'),
    queryFn: ({ pageParam, signal }) =>
      call(listExports, { query: { limit: 20, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.items.some(isUnderWay)) === true ? POLL_MS : false,
  })
}

function useRefresh(): () => Promise<void> {
  const tenantId = useTenantId()
  return async () => {
    await queryClient.invalidateQueries({ queryKey: keyOf(tenantId, 'exports') })
    await queryClient.invalidateQueries({ queryKey: keyOf(tenantId, 'audit') })
  }
}

export function useMakeExport() {
  const refresh = useRefresh()
  return useMutation({ mutationFn: () => call(createExport), onSettled: refresh })
}

export function useDownloadExport() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: ({ id, createdAt }: DataExport) =>
      download(downloadExport, { params: { id } }, `chronos-${createdAt.slice(0, 10)}.zip`),
    onSettled: refresh,
  })
}
