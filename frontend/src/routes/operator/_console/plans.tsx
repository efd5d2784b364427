import { createFileRoute } from '@tanstack/react-router'
import { PlansPage } from '../../../features/operator/plans-page.tsx'

export const Route = createFileRoute('/operator/_console/plans')({ component: PlansPage })
