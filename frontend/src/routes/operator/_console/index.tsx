import { TENANT_STATES } from '@chronos/contracts/control'
import { createFileRoute } from '@tanstack/react-router'
import { TenantsPage } from '../../../features/operator/tenants-page.tsx'
import type { TenantsSearch } from '../../../features/operator/tenants-page.tsx'

export const Route = createFileRoute('/operator/_console/')({
  validateSearch: (search: Record<string, unknown>): TenantsSearch => {
    const { q } = search
    const status = TENANT_STATES.find((state) => state === search['status'])
    return {
      ...(typeof q === 'string' && q !== '' ? { q: q.slice(0, 120) } : {}),
      ...(status === undefined ? {} : { status }),
    }
  },
  component: Page,
})

function Page() {
  return <TenantsPage search={Route.useSearch()} />
}
