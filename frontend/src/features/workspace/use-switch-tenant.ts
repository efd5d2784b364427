import { switchTenant } from '@chronos/contracts/auth'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { call } from '../../lib/api-client.ts'
import { begin } from '../session/session-actions.ts'
import { pageAfterSwitch } from './page-after-switch.ts'

/** Goes on in another workspace of the same person, on the same page where that makes sense. */
export function useSwitchTenant() {
  const router = useRouter()
  return useMutation({
    mutationFn: (tenantId: string) => call(switchTenant, { body: { tenantId } }),
    onSuccess: async ({ csrfToken, user }) => {
      const to = pageAfterSwitch(location.pathname, user.role)
      begin(csrfToken)
      await router.navigate({ to, search: {} })
      await router.invalidate()
    },
  })
}
