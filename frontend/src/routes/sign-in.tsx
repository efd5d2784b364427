import { createFileRoute } from '@tanstack/react-router'
import { SignInPage } from '../features/session/sign-in-page.tsx'
import { ownPath } from '../lib/own-path.ts'

interface SignInSearch {
  next?: string | undefined
  /** The code of a sign-in through the operator's provider that was refused. */
  error?: string | undefined
}

export const Route = createFileRoute('/sign-in')({
  // The keys always stand here: one that is left out would come through from the address as it is.
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    next: ownPath(search['next']) ?? undefined,
    error:
      typeof search['error'] === 'string' && /^[a-z_]{1,40}$/.test(search['error'])
        ? search['error']
        : undefined,
  }),
  component: Page,
})

function Page() {
  const { next, error } = Route.useSearch()
  return <SignInPage next={next ?? '/'} refusal={error ?? null} />
}
