import { createFileRoute } from '@tanstack/react-router'
import { SignInPage } from '../features/session/sign-in-page.tsx'
import { ownPath } from '../lib/own-path.ts'

export const Route = createFileRoute('/sign-in')({
  // The key always stands here: one that is left out would come through from the address as it is.
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: ownPath(search['next']) ?? undefined,
  }),
  component: Page,
})

function Page() {
  return <SignInPage next={Route.useSearch().next ?? '/'} />
}
