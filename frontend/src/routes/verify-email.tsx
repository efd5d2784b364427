import { createFileRoute } from '@tanstack/react-router'
import { VerifyEmailPage } from '../features/session/verify-email-page.tsx'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/verify-email')({
  beforeLoad: wantMoreTexts,
  component: VerifyEmailPage,
})
