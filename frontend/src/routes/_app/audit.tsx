import { createFileRoute } from '@tanstack/react-router'
import { AuditPage } from '../../features/audit/audit-page.tsx'
import { wantMoreTexts } from '../../lib/i18n.ts'

export const Route = createFileRoute('/_app/audit')({ beforeLoad: wantMoreTexts, component: AuditPage })
