import {
  applyImport,
  createImport,
  getImport,
  listImportRows,
  listImports,
  setImportMapping,
  undoImport,
} from '@chronos/contracts/imports'
import type { Import } from '@chronos/contracts/imports'
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { invalidateTopics, queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

const POLL_MS = 1000

export function isBusy({ status }: Import): boolean {
  return status === 'applying' || status === 'undoing'
}

export function importsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'imports', 'list'),
    queryFn: ({ signal }) => call(listImports, { query: { limit: 20 }, signal }),
  })
}

/** One import; asked again every second while the server works on it. */
export function importQuery(tenantId: string, id: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'imports', 'one', id),
    queryFn: ({ signal }) => call(getImport, { params: { id }, signal }),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? POLL_MS : false),
  })
}

export function importRowsQuery(tenantId: string, id: string) {
  return infiniteQueryOptions({
    queryKey: keyOf(tenantId, 'imports', 'rows', id),
    queryFn: ({ pageParam, signal }) =>
      call(listImportRows, { params: { id }, query: { limit: 100, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

export function useUpload() {
  const tenantId = useTenantId()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: ({ file, accountId }: { file: File; accountId: string | null }) => {
      const body = new FormData()
      // Fields go before the file: the server reads the stream once.
      if (accountId !== null) body.set('accountId', accountId)
      body.set('file', file, file.name)
      return call(createImport, { body })
    },
    onSuccess: (created) => {
      queryClient.setQueryData(importQuery(tenantId, created.id).queryKey, created)
      void queryClient.invalidateQueries({ queryKey: importsQuery(tenantId).queryKey })
    },
  })
}

/** Takes the server's newest word on an import in, and marks what hangs on it as stale. */
function useTakeIn(): (id: string) => void {
  const tenantId = useTenantId()
  return () => void invalidateTopics(tenantId, ['imports', 'transactions', 'accounts'])
}

export function useSetMapping(id: string) {
  const tenantId = useTenantId()
  const takeIn = useTakeIn()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: CsvMapping) => call(setImportMapping, { params: { id }, body }),
    onSuccess: (changed) => {
      queryClient.setQueryData(importQuery(tenantId, id).queryKey, changed)
      takeIn(id)
    },
  })
}

export function useApply(id: string) {
  const takeIn = useTakeIn()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (accounts: Record<string, string>) =>
      call(applyImport, { params: { id }, body: { accounts } }),
    onSuccess: () => takeIn(id),
  })
}

export function useUndoImport(id: string) {
  const takeIn = useTakeIn()
  return useMutation({
    mutationFn: () => call(undoImport, { params: { id } }),
    onSuccess: () => takeIn(id),
  })
}
