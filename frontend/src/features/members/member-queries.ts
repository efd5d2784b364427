import {
  createInvitation,
  leaveWorkspace,
  listInvitations,
  listMembers,
  removeMember,
  resendInvitation,
  revokeInvitation,
  transferOwnership,
  updateMember,
} from '@chronos/contracts/members'
import type { Invitation, Member, MemberUpdate } from '@chronos/contracts/members'
import type { EndpointBodyInput } from '@chronos/contracts/endpoint'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { queryClient } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { sessionQuery, useTenantId } from '../../lib/session.tsx'
import { begin } from '../session/session-actions.ts'

export function membersQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'members', 'list'),
    queryFn: ({ signal }): Promise<Member[]> =>
      listAll((cursor) => call(listMembers, { query: { limit: 200, cursor }, signal })),
  })
}

export function useMembers() {
  return useQuery(membersQuery(useTenantId()))
}

export function useInvitations(enabled: boolean) {
  const tenantId = useTenantId()
  return useQuery({
    queryKey: keyOf(tenantId, 'members', 'invitations'),
    queryFn: ({ signal }): Promise<Invitation[]> =>
      listAll((cursor) => call(listInvitations, { query: { limit: 200, cursor }, signal })),
    enabled,
  })
}

/** People count against the plan, and every change of them stands in the history. */
function useRefresh(): () => Promise<void> {
  const tenantId = useTenantId()
  return async () => {
    await Promise.all(
      (['members', 'workspace', 'audit'] as const).map((module) =>
        queryClient.invalidateQueries({ queryKey: keyOf(tenantId, module) }),
      ),
    )
  }
}

export function useUpdateMember() {
  const refresh = useRefresh()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: ({ member, changes }: { member: Member; changes: MemberUpdate }) =>
      call(updateMember, { params: { id: member.id }, body: changes, ifMatch: member.version }),
    onSuccess: refresh,
  })
}

export function useRemoveMember() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (member: Member) =>
      call(removeMember, { params: { id: member.id }, ifMatch: member.version }),
    onSuccess: refresh,
  })
}

export type NewInvitation = EndpointBodyInput<typeof createInvitation>

export function useInvite() {
  const refresh = useRefresh()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: NewInvitation) => call(createInvitation, { body }),
    onSuccess: refresh,
  })
}

export function useResendInvitation() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (invitation: Invitation) => call(resendInvitation, { params: { id: invitation.id } }),
    onSuccess: refresh,
  })
}

export function useRevokeInvitation() {
  const refresh = useRefresh()
  return useMutation({
    mutationFn: (invitation: Invitation) => call(revokeInvitation, { params: { id: invitation.id } }),
    onSuccess: refresh,
  })
}

export function useTransferOwnership() {
  const refresh = useRefresh()
  const router = useRouter()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (memberId: string) => call(transferOwnership, { body: { memberId } }),
    onSuccess: async () => {
      // One's own role is another from here on.
      await queryClient.refetchQueries({ queryKey: sessionQuery.queryKey })
      await router.invalidate()
      await refresh()
    },
  })
}

/** Ends this session: the next sign-in leads to another workspace, or says that there is none. */
export function useLeaveWorkspace() {
  const router = useRouter()
  return useMutation({
    mutationFn: () => call(leaveWorkspace),
    onSuccess: async () => {
      begin(null)
      await router.navigate({ to: '/' })
      await router.invalidate()
    },
  })
}
