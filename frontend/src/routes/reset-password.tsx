import { createFileRoute } from '@tanstack/react-router'
import { ResetPasswordPage } from '../features/session/reset-password-page.tsx'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/reset-password')({
  beforeLoad: wantMoreTexts,
  component: ResetPasswordPage,
})
