import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { queryClient } from '../../lib/query-client.ts'
import { onSessionTrouble } from '../../lib/session-trouble.ts'
import { sessionQuery } from '../../lib/session.tsx'

/**
 * A session that was ended elsewhere leads to signing in, and a role that was changed shows what it allows, at the
 * first call that the server refuses for it: nobody has to load the page again.
 */
export function useSessionTrouble(): void {
  const router = useRouter()
  useEffect(() => {
    let asking = false
    return onSessionTrouble((trouble) => {
      if (asking) return
      asking = true
      const settle = async (): Promise<void> => {
        if (trouble === 'over') queryClient.removeQueries({ queryKey: sessionQuery.queryKey })
        else await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
        await router.invalidate()
      }
      void settle()
        .catch(() => undefined)
        .finally(() => {
          asking = false
        })
    })
  }, [router])
}
