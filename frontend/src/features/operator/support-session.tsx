import type { ControlTenant } from '@chronos/contracts/control'
import { Button, CopyButton, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconCheck, IconCopy } from '../../components/icons.ts'
import { SettingsCard, SettingsRow } from '../workspace/settings-card.tsx'
import { OperatorTime } from './operator-time.tsx'
import { useSupportSession } from './operator-queries.ts'
import classes from './operator.module.css'

/** A look into a tenant that consented: a token that reads, for half an hour. Without consent there is no button. */
export function SupportSessionCard({ tenant }: { tenant: ControlTenant }) {
  const { t } = useTranslation()
  const start = useSupportSession(tenant.id)
  const { supportUntil } = tenant
  const [openedAt] = useState(Date.now)
  const open = supportUntil !== null && Date.parse(supportUntil) > openedAt
  return (
    <SettingsCard title={t('operator.support')}>
      {open ? (
        <SettingsRow
          title={t('operator.support_open')}
          hint={
            <>
              {t('workspace.until')} <OperatorTime instant={supportUntil} />. {t('operator.support_seen')}
            </>
          }
        >
          <Button variant="light" loading={start.isPending} onClick={() => start.mutate()}>
            {t('operator.support_start')}
          </Button>
        </SettingsRow>
      ) : (
        <Text size="sm" c="dimmed">
          {t('operator.support_closed')}
        </Text>
      )}
      {start.data && (
        <Modal
          opened
          onClose={() => start.reset()}
          title={t('operator.support_token')}
          closeButtonProps={{ 'aria-label': t('common.close') }}
        >
          <Stack gap="sm">
            <Text size="sm">
              {t('operator.support_token_hint')} <OperatorTime instant={start.data.expiresAt} />.
            </Text>
            <div className={classes['token']}>{start.data.accessToken}</div>
            <CopyButton value={start.data.accessToken}>
              {({ copied, copy }) => (
                <Button
                  variant="default"
                  leftSection={
                    copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />
                  }
                  onClick={copy}
                >
                  {t(copied ? 'common.copied' : 'operator.copy')}
                </Button>
              )}
            </CopyButton>
          </Stack>
        </Modal>
      )}
    </SettingsCard>
  )
}
