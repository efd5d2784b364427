import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { ApiError } from '../../lib/api-client.ts'
import { queryClient } from '../../lib/query-client.ts'
import { sessionQuery } from '../../lib/session.tsx'

/** A workspace may begin to demand a second factor while its pages are open: then the session is asked for anew. */
export function useEnrolmentWatch(): void {
  const router = useRouter()
  useEffect(
    () =>
      queryClient.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'error') return
        const { error } = event.action
        if (!(error instanceof ApiError) || error.code !== 'second_factor_missing') return
        queryClient.removeQueries(sessionQuery)
        void router.invalidate()
      }),
    [router],
  )
}
