import { createFileRoute } from '@tanstack/react-router'
import { ConfirmEmailPage } from '../features/session/verify-email-page.tsx'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/confirm-email')({
  beforeLoad: wantMoreTexts,
  component: ConfirmEmailPage,
})
