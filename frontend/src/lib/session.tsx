/** Who is signed in, where, and what they may do. */
import type { Permission } from '@chronos/contracts/permissions'
import { me } from '@chronos/contracts/auth'
import type { Me } from '@chronos/contracts/auth'
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { call, keepCsrfToken } from './api-client.ts'
import { todayIn } from './date-format.ts'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await call(me, { signal })
    keepCsrfToken(session.csrfToken)
    return session
  },
  staleTime: Infinity,
  gcTime: Infinity,
  retry: false,
})

export const SessionContext = createContext<Me | null>(null)

/** The session of the pages behind sign-in. @throws Error outside them. */
export function useSession(): Me {
  const session = useContext(SessionContext)
  if (!session) throw new Error('No session: this component belongs behind sign-in')
  return session
}

export function useTenantId(): string {
  return useSession().tenant.id
}

/** As the server told with the session: what it would refuse is not offered. */
export function useCan(permission: Permission): boolean {
  return useSession().permissions.includes(permission)
}

/** Today where the workspace is, as YYYY-MM-DD. */
export function useToday(): string {
  return todayIn(useSession().tenant.timezone)
}
