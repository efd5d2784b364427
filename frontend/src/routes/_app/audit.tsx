import { createFileRoute } from '@tanstack/react-router'
import { readAuditFilters } from '../../features/audit/audit-filters.ts'
import type { AuditFilters } from '../../features/audit/audit-filters.ts'
import { AuditPage } from '../../features/audit/audit-page.tsx'
import { wantMoreTexts } from '../../lib/i18n.ts'

export const Route = createFileRoute('/_app/audit')({
  beforeLoad: wantMoreTexts,
  validateSearch: (search: Record<string, unknown>): AuditFilters => readAuditFilters(search),
  component: Page,
})

function Page() {
  // The frame's own keys (`tx`, `add`) come along with a route's search; they are no filters.
  return <AuditPage filters={readAuditFilters({ ...Route.useSearch() })} />
}
