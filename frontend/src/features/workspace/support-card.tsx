import type { Workspace } from '@chronos/contracts/workspace'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { InstantText } from '../../components/date-text.tsx'
import { useCan } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { SettingsCard, SettingsRow } from './settings-card.tsx'
import { SupportDialog } from './support-dialog.tsx'
import { useEndSupport } from './workspace-queries.ts'

/** Lets the operators of the server look in for some hours, and shuts the door again. */
export function SupportCard({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation()
  const end = useEndSupport()
  const canConsent = useCan('support.consent')
  const [asking, setAsking] = useState(false)
  const { supportAccess } = workspace
  return (
    <SettingsCard title={t('workspace.support')} hint={t('workspace.support_hint')}>
      {supportAccess === null ? (
        <SettingsRow title={t('workspace.support_closed')} hint={t('workspace.support_closed_hint')}>
          <Button variant="default" onClick={() => setAsking(true)}>
            {t('workspace.support_allow')}
          </Button>
        </SettingsRow>
      ) : (
        <SettingsRow
          title={t('workspace.support_open')}
          hint={
            <>
              {t('workspace.until')} <InstantText instant={supportAccess.until} /> · {supportAccess.reason}
            </>
          }
        >
          {canConsent && (
            <Button
              color="goiaba"
              loading={end.isPending}
              onClick={() =>
                end.mutate(undefined, { onSuccess: () => toastDone(t('workspace.support_ended')) })
              }
            >
              {t('workspace.support_end')}
            </Button>
          )}
        </SettingsRow>
      )}
      {asking && <SupportDialog onClose={() => setAsking(false)} />}
    </SettingsCard>
  )
}
