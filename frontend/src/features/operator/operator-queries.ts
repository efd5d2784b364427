import {
  controlCreateTenant,
  controlEndSessions,
  controlGetTenant,
  controlLimitTenant,
  controlListActs,
  controlListPlans,
  controlListTenants,
  controlPutPlan,
  controlResumeTenant,
  controlSetPlan,
  controlSupportSession,
  controlSuspendTenant,
} from '@chronos/contracts/control'
import type { ControlTenant, Plan, TENANT_STATES, TenantCreate } from '@chronos/contracts/control'
import type { EndpointBodyInput } from '@chronos/contracts/endpoint'
import type { ItemOf } from '../../lib/list-all.ts'
import { infiniteQueryOptions, keepPreviousData, queryOptions, useMutation } from '@tanstack/react-query'
import { listAll } from '../../lib/list-all.ts'
import { queryClient } from '../../lib/query-client.ts'
import { callControl, operatorKey } from './operator-client.ts'

export type TenantState = (typeof TENANT_STATES)[number]
export type OperatorAct = ItemOf<typeof controlListActs>

export function tenantsQuery(filters: { q?: string | undefined; status?: TenantState | undefined }) {
  return infiniteQueryOptions({
    queryKey: operatorKey('tenants', filters),
    queryFn: ({ pageParam, signal }) =>
      callControl(controlListTenants, { query: { limit: 50, cursor: pageParam, ...filters }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export function tenantQuery(id: string) {
  return queryOptions({
    queryKey: operatorKey('tenant', id),
    queryFn: ({ signal }): Promise<ControlTenant> =>
      callControl(controlGetTenant, { params: { id }, signal }),
  })
}

export const plansQuery = queryOptions({
  queryKey: operatorKey('plans'),
  queryFn: ({ signal }): Promise<Plan[]> =>
    listAll((cursor) => callControl(controlListPlans, { query: { limit: 200, cursor }, signal })),
})

export function actsQuery(tenantId?: string) {
  return infiniteQueryOptions({
    queryKey: operatorKey('acts', tenantId ?? null),
    queryFn: ({ pageParam, signal }) =>
      callControl(controlListActs, { query: { limit: 50, cursor: pageParam, tenantId }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

/** Lists, counts and the log of acts follow whatever was done; the tenant itself was in the answer. */
async function takeOver(tenant: ControlTenant): Promise<void> {
  queryClient.setQueryData(tenantQuery(tenant.id).queryKey, tenant)
  await refreshLists()
}

async function refreshLists(): Promise<void> {
  await Promise.all(
    ['tenants', 'plans', 'acts'].map((part) =>
      queryClient.invalidateQueries({ queryKey: operatorKey(part) }),
    ),
  )
}

const inPlace = { meta: { shownInPlace: true } } as const

export function useCreateTenant() {
  return useMutation({
    ...inPlace,
    mutationFn: (body: TenantCreate) => callControl(controlCreateTenant, { body }),
    onSuccess: takeOver,
  })
}

export function useSuspend(id: string) {
  return useMutation({
    ...inPlace,
    mutationFn: (reason: string) => callControl(controlSuspendTenant, { params: { id }, body: { reason } }),
    onSuccess: takeOver,
  })
}

export function useResume(id: string) {
  return useMutation({
    mutationFn: () => callControl(controlResumeTenant, { params: { id } }),
    onSuccess: takeOver,
  })
}

export type TenantLimits = EndpointBodyInput<typeof controlLimitTenant>

export function useLimitTenant(id: string) {
  return useMutation({
    ...inPlace,
    mutationFn: (body: TenantLimits) => callControl(controlLimitTenant, { params: { id }, body }),
    onSuccess: takeOver,
  })
}

export function useSetPlan(id: string) {
  return useMutation({
    mutationFn: (planId: string) => callControl(controlSetPlan, { params: { id }, body: { planId } }),
    onSuccess: takeOver,
  })
}

export function useSupportSession(id: string) {
  return useMutation({
    mutationFn: () => callControl(controlSupportSession, { params: { id } }),
    onSuccess: refreshLists,
  })
}

export function useEndSessions() {
  return useMutation({
    ...inPlace,
    mutationFn: (body: EndpointBodyInput<typeof controlEndSessions>) =>
      callControl(controlEndSessions, { body }),
    onSuccess: refreshLists,
  })
}

export type PlanValues = EndpointBodyInput<typeof controlPutPlan>

export function usePutPlan() {
  return useMutation({
    ...inPlace,
    mutationFn: ({ planId, body }: { planId: string; body: PlanValues }) =>
      callControl(controlPutPlan, { params: { planId }, body }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: operatorKey() })
    },
  })
}
