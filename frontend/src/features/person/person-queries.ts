import type { PersonUpdate } from '@chronos/contracts/person'
import { requestEmailChange, updateMe } from '@chronos/contracts/person'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { call } from '../../lib/api-client.ts'
import { queryClient } from '../../lib/query-client.ts'
import { sessionQuery } from '../../lib/session.tsx'

export function useUpdatePerson() {
  const router = useRouter()
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (body: PersonUpdate) => call(updateMe, { body }),
    onSuccess: async (session) => {
      queryClient.setQueryData(sessionQuery.queryKey, session)
      await router.invalidate()
    },
  })
}

export function useChangeEmail() {
  return useMutation({
    meta: { shownInPlace: true },
    mutationFn: (email: string) => call(requestEmailChange, { body: { email } }),
  })
}
