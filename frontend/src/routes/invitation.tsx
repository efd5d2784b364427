import { createFileRoute } from '@tanstack/react-router'
import { InvitationPage } from '../features/members/invitation-page.tsx'
import { takeInvitationToken } from '../features/members/invitation-token.ts'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/invitation')({
  beforeLoad: async () => {
    await wantMoreTexts()
    return { token: takeInvitationToken() }
  },
  component: Page,
})

function Page() {
  return <InvitationPage token={Route.useRouteContext().token} />
}
