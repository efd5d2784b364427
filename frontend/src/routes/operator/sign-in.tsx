import { createFileRoute } from '@tanstack/react-router'
import { OperatorSignInPage } from '../../features/operator/operator-sign-in-page.tsx'

export const Route = createFileRoute('/operator/sign-in')({ component: OperatorSignInPage })
