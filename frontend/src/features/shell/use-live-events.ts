import { useEffect } from 'react'
import { me } from '@chronos/contracts/auth'
import { call } from '../../lib/api-client.ts'
import { listen } from '../../lib/events.ts'
import { invalidateAll, invalidateTopics } from '../../lib/query-client.ts'
import { noteSessionTrouble } from '../../lib/session-trouble.ts'
import { useSession } from '../../lib/session.tsx'
import { isSigningOut } from '../session/session-actions.ts'

/** While the app is open, what happens elsewhere (another tab, WhatsApp, an import) marks its queries as stale. */
export function useLiveEvents(): void {
  const { tenant, user } = useSession()
  useEffect(
    () =>
      listen(`${tenant.id}.${user.id}`, {
        open: (url) => new EventSource(url),
        onMessage: (message) => {
          // Signing out stands in the history: nobody asks for it any more.
          if (isSigningOut()) return
          void (message.kind === 'reset'
            ? invalidateAll(tenant.id)
            : invalidateTopics(tenant.id, message.topics))
        },
        // A stream cannot renew its session; an ordinary call does, and fails only for who is signed out.
        renew: async () => {
          try {
            await call(me)
            return true
          } catch (error) {
            noteSessionTrouble(error)
            return !(error instanceof Error && 'status' in error && error.status === 401)
          }
        },
      }),
    [tenant.id, user.id],
  )
}
