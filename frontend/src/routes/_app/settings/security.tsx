import { createFileRoute } from '@tanstack/react-router'
import { SecurityPage } from '../../../features/security/security-page.tsx'

interface SecuritySearch {
  /** The code of a trip to the operator's provider that ended without what it was for. */
  error?: string | undefined
}

export const Route = createFileRoute('/_app/settings/security')({
  validateSearch: (search: Record<string, unknown>): SecuritySearch => ({
    error:
      typeof search['error'] === 'string' && /^[a-z_]{1,40}$/.test(search['error'])
        ? search['error']
        : undefined,
  }),
  component: Page,
})

function Page() {
  const { error } = Route.useSearch()
  return <SecurityPage refusal={error ?? null} />
}
