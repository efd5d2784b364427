import { createFileRoute } from '@tanstack/react-router'
import { ActsPage } from '../../../features/operator/acts-page.tsx'

export const Route = createFileRoute('/operator/_console/acts')({ component: ActsPage })
