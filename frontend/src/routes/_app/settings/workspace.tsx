import { createFileRoute } from '@tanstack/react-router'
import { WorkspaceSettingsPage } from '../../../features/workspace/workspace-settings-page.tsx'

export const Route = createFileRoute('/_app/settings/workspace')({ component: WorkspaceSettingsPage })
