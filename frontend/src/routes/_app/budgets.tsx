import { createFileRoute } from '@tanstack/react-router'
import { BudgetsPage } from '../../features/budgets/budgets-page.tsx'
import { readMonth } from '../../lib/search-params.ts'

export const Route = createFileRoute('/_app/budgets')({
  validateSearch: (search: Record<string, unknown>) => readMonth(search),
  component: Page,
})

function Page() {
  return <BudgetsPage month={Route.useSearch().month} />
}
