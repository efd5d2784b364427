import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { useRenewRecoveryCodes } from './security-queries.ts'

/** What opens the door when the phone is lost. */
export function RecoveryCard({ left }: { left: number }) {
  const { t } = useTranslation()
  const renew = useRenewRecoveryCodes()
  const [isAsking, setIsAsking] = useState(false)
  const codes = renew.data?.recoveryCodes
  return (
    <SettingsCard
      title={t('security.codes.title')}
      hint={t('security.codes.left', { count: left })}
      action={
        <Button variant="default" onClick={() => setIsAsking(true)}>
          {t('security.codes.renew')}
        </Button>
      }
    >
      <ConfirmDialog
        opened={isAsking}
        title={t('security.codes.renew_title')}
        action={t('security.codes.renew')}
        busy={renew.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() => renew.mutate(undefined, { onSettled: () => setIsAsking(false) })}
      >
        {t('security.codes.renew_hint')}
      </ConfirmDialog>
      {codes && (
        <Modal
          opened
          onClose={renew.reset}
          closeOnClickOutside={false}
          closeOnEscape={false}
          withCloseButton={false}
          title={t('security.codes.title')}
        >
          <RecoveryCodes codes={codes} onKept={renew.reset} />
        </Modal>
      )}
    </SettingsCard>
  )
}
