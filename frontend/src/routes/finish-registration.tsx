import { createFileRoute } from '@tanstack/react-router'
import { FinishRegistrationPage } from '../features/session/reset-password-page.tsx'
import { wantMoreTexts } from '../lib/i18n.ts'

export const Route = createFileRoute('/finish-registration')({
  beforeLoad: wantMoreTexts,
  component: FinishRegistrationPage,
})
