import { createFileRoute } from '@tanstack/react-router'
import { ForgotPasswordPage } from '../features/session/forgot-password-page.tsx'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/forgot-password')({
  beforeLoad: wantMoreTexts,
  component: ForgotPasswordPage,
})
