import { createFileRoute } from '@tanstack/react-router'
import { SettingsFrame } from '../../features/settings/settings-frame.tsx'
import { wantMoreTexts } from '../../lib/i18n.ts'

export const Route = createFileRoute('/_app/settings')({
  beforeLoad: wantMoreTexts,
  component: SettingsFrame,
})
