import { createFileRoute } from '@tanstack/react-router'
import { readFilters } from '../../features/transactions/transaction-filters.ts'
import { TransactionsPage } from '../../features/transactions/transactions-page.tsx'

export const Route = createFileRoute('/_app/transactions')({
  validateSearch: readFilters,
  component: Page,
})

function Page() {
  const { tx: _tx, add: _add, ...filters } = Route.useSearch()
  return <TransactionsPage filters={filters} />
}
