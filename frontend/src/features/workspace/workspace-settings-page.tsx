import { Skeleton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan } from '../../lib/session.tsx'
import { DangerZone } from './danger-zone.tsx'
import { SecurityForm } from './security-form.tsx'
import { SupportCard } from './support-card.tsx'
import { WorkspaceForm } from './workspace-form.tsx'
import { useWorkspace } from './workspace-queries.ts'

/** Name, rules and end of the workspace. */
export function WorkspaceSettingsPage() {
  const { t } = useTranslation()
  const canUpdate = useCan('workspace.update')
  const canConsent = useCan('support.consent')
  return (
    <>
      <PageHeader title={t('workspace.title')} hint={t('workspace.hint')} />
      <QueryView
        query={useWorkspace()}
        skeleton={
          <Stack>
            <Skeleton h={310} radius="lg" />
            <Skeleton h={220} radius="lg" />
          </Stack>
        }
      >
        {(workspace) => (
          <Stack maw={760}>
            <WorkspaceForm key={`form-${workspace.version}`} workspace={workspace} canUpdate={canUpdate} />
            <SecurityForm key={`rules-${workspace.version}`} workspace={workspace} canUpdate={canUpdate} />
            {(canConsent || workspace.supportAccess !== null) && <SupportCard workspace={workspace} />}
            <DangerZone workspace={workspace} />
          </Stack>
        )}
      </QueryView>
    </>
  )
}
