import { createFileRoute } from '@tanstack/react-router'
import { ImportPage } from '../../features/imports/import-page.tsx'
import { readId } from '../../lib/search-params.ts'

export const Route = createFileRoute('/_app/import')({
  validateSearch: (search: Record<string, unknown>): { id?: string | undefined } => readId(search, 'id'),
  component: Page,
})

function Page() {
  return <ImportPage importId={Route.useSearch().id} />
}
