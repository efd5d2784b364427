import { me } from '@chronos/contracts/auth'
import {
  allowSupport,
  cancelDeletion,
  createWorkspace,
  endSupport,
  getWorkspace,
  requestDeletion,
  updateWorkspace,
} from '@chronos/contracts/workspace'
import type { Workspace, WorkspaceCreate, WorkspaceUpdate } from '@chronos/contracts/workspace'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { call } from '../../lib/api-client.ts'
import { queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { sessionQuery, useTenantId } from '../../lib/session.tsx'

export function workspaceQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'workspace', 'one'),
    queryFn: ({ signal }): Promise<Workspace> => call(getWorkspace, { signal }),
  })
}

/** Settings, plan and use of the workspace. */
export function useWorkspace() {
  return useQuery(workspaceQuery(useTenantId()))
}

/** Puts what a change answered where it is shown; name, currency and zone also stand in the session. */
function useTakeOver(): (workspace: Workspace) => Promise<void> {
  const tenantId = useTenantId()
  const router = useRouter()
  return async (workspace) => {
    queryClient.setQueryData(workspaceQuery(tenantId).queryKey, workspace)
    await queryClient.invalidateQueries({ queryKey: keyOf(tenantId, 'audit') })
    queryClient.setQueryData(sessionQuery.queryKey, await call(me))
    await router.invalidate()
  }
}

export function useUpdateWorkspace() {
  const takeOver = useTakeOver()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (input: { workspace: Workspace; changes: WorkspaceUpdate }) =>
      call(updateWorkspace, { body: input.changes, ifMatch: input.workspace.version }),
    onSuccess: takeOver,
  })
}

export function useRequestDeletion() {
  const takeOver = useTakeOver()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (name: string) => call(requestDeletion, { body: { name } }),
    onSuccess: takeOver,
  })
}

export function useCancelDeletion() {
  const takeOver = useTakeOver()
  return useMutation({ mutationFn: () => call(cancelDeletion), onSuccess: takeOver })
}

export function useAllowSupport() {
  const takeOver = useTakeOver()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: { hours: number; reason: string }) => call(allowSupport, { body }),
    onSuccess: takeOver,
  })
}

export function useEndSupport() {
  const takeOver = useTakeOver()
  return useMutation({ mutationFn: () => call(endSupport), onSuccess: takeOver })
}

export function useCreateWorkspace() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: WorkspaceCreate) => call(createWorkspace, { body }),
  })
}
