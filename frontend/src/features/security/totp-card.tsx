import type { Factors } from '@chronos/contracts/factors'
import { Badge, Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { InstantText } from '../../components/date-text.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { useRefetchPerson, useRemoveTotp } from './security-queries.ts'
import { TotpSetup } from './totp-setup.tsx'

export function TotpCard({ factors: { totp, passkeys, demanded } }: { factors: Factors }) {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const remove = useRemoveTotp()
  const isLast = demanded && passkeys.length === 0
  return (
    <SettingsCard
      title={t('security.totp.title')}
      hint={
        totp.enabled && totp.since !== null ? (
          <>
            {t('security.totp.since')} <InstantText instant={totp.since} />
            {isLast && <> · {t('security.demanded')}</>}
          </>
        ) : (
          t('security.totp.hint')
        )
      }
      action={
        totp.enabled ? (
          <>
            <Badge color="mate" variant="light" size="lg">
              {t('security.on')}
            </Badge>
            <Button variant="default" disabled={isLast} onClick={() => setIsAsking(true)}>
              {t('security.totp.turn_off')}
            </Button>
          </>
        ) : (
          <Button onClick={() => setIsOpen(true)}>{t('security.totp.set_up')}</Button>
        )
      }
    >
      {isOpen && <TotpDialog onClose={() => setIsOpen(false)} />}
      <ConfirmDialog
        opened={isAsking}
        title={t('security.totp.turn_off_title')}
        action={t('security.totp.turn_off')}
        busy={remove.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: () => toastDone(t('security.totp.turned_off')),
            onSettled: () => setIsAsking(false),
          })
        }
      >
        {t('security.totp.turn_off_hint')}
      </ConfirmDialog>
    </SettingsCard>
  )
}

function TotpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [codes, setCodes] = useState<string[] | null>(null)
  const refetch = useRefetchPerson()
  const close = (): void => {
    if (codes !== null) void refetch()
    onClose()
  }
  // Codes that are shown once are not clicked away by a slip.
  const isShown = codes !== null
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={!isShown}
      closeOnEscape={!isShown}
      withCloseButton={!isShown}
      title={t(isShown ? 'security.codes.title' : 'security.totp.set_up')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {isShown ? (
        <RecoveryCodes codes={codes} onKept={close} />
      ) : (
        <TotpSetup onCodes={setCodes} onGiveUp={onClose} />
      )}
    </Modal>
  )
}
