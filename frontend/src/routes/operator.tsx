import { Outlet, createFileRoute } from '@tanstack/react-router'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/operator')({ beforeLoad: wantMoreTexts, component: Outlet })
