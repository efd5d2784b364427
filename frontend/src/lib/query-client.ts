import type { EventTopic } from '@chronos/contracts/events'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-client.ts'
import { forgetAnswers } from './known-answers.ts'
import { PasskeyError } from './passkeys.ts'
import { staleModules } from './query-keys.ts'
import { noteSessionTrouble } from './session-trouble.ts'
import { toastError } from './toasts.ts'

declare module '@tanstack/react-query' {
  interface Register {
    mutationMeta: {
      /** The form shows the refusal itself; no toast. */
      shownInPlace?: boolean
    }
  }
}

/** Refusals do not get better by asking again; a lost connection and an overloaded server do. */
function worthRetrying(failures: number, error: Error): boolean {
  if (failures >= 2) return false
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 502
}

/** The person was asked for a proof or a passkey and said no: they know. */
export function isGivenUp(error: unknown): boolean {
  return (
    (error instanceof ApiError && error.code === 'step_up_required') ||
    (error instanceof PasskeyError && error.trouble === 'cancelled')
  )
}

export const queryClient = new QueryClient({
  defaultOptions: {
    // Server-sent events say when something is stale; the time only covers a broken stream.
    queries: { staleTime: 30_000, gcTime: 10 * 60_000, retry: worthRetrying },
    mutations: { retry: false },
  },
  queryCache: new QueryCache({
    // Whether there is a session is asked at each page; that answer is the route's to act on.
    onError: (error, query) => {
      if (query.queryKey[0] !== 'session') noteSessionTrouble(error)
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _context, mutation) => {
      noteSessionTrouble(error)
      if (mutation.options.meta?.shownInPlace !== true && !isGivenUp(error)) toastError(error)
    },
  }),
})

/** Nothing that was known under a session may be shown under the next one. */
export function forgetEverything(): void {
  queryClient.clear()
  forgetAnswers()
}

/** Asks again for all on screen that failed: what kept one part of a page from coming mostly kept the others too. */
export function retryFailed(): void {
  void queryClient.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' })
}

/** Marks what changes of these topics have made stale; queries on screen are fetched again. */
export async function invalidateTopics(tenantId: string, topics: readonly EventTopic[]): Promise<void> {
  await Promise.all(
    staleModules(topics).map((module) => queryClient.invalidateQueries({ queryKey: [tenantId, module] })),
  )
}

export async function invalidateAll(tenantId: string): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: [tenantId] })
}
