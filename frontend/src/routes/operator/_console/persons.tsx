import { createFileRoute } from '@tanstack/react-router'
import { PersonsPage } from '../../../features/operator/persons-page.tsx'

export const Route = createFileRoute('/operator/_console/persons')({ component: PersonsPage })
