import { createFileRoute } from '@tanstack/react-router'
import { TenantPage } from '../../../features/operator/tenant-page.tsx'

export const Route = createFileRoute('/operator/_console/tenants/$tenantId')({ component: Page })

function Page() {
  const { tenantId } = Route.useParams()
  return <TenantPage key={tenantId} id={tenantId} />
}
