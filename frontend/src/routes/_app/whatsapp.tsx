import { createFileRoute } from '@tanstack/react-router'
import { WhatsappPage } from '../../features/whatsapp/whatsapp-page.tsx'
import { readId } from '../../lib/search-params.ts'

export const Route = createFileRoute('/_app/whatsapp')({
  validateSearch: (search: Record<string, unknown>): { chat?: string | undefined } => readId(search, 'chat'),
  component: Page,
})

function Page() {
  return <WhatsappPage chatId={Route.useSearch().chat} />
}
