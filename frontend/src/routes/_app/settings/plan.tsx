import { createFileRoute } from '@tanstack/react-router'
import { PlanPage } from '../../../features/workspace/plan-page.tsx'

export const Route = createFileRoute('/_app/settings/plan')({ component: PlanPage })
