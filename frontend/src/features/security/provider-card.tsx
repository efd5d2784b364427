import type { Factors } from '@chronos/contracts/factors'
import { Badge, Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { InstantText } from '../../components/date-text.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useConnectProvider, useDisconnectProvider } from './security-queries.ts'

/** The account of the operator's own provider that opens this one. */
export function ProviderCard({
  provider: { name, connectedAt },
}: {
  provider: NonNullable<Factors['provider']>
}) {
  const { t } = useTranslation()
  const [isAsking, setIsAsking] = useState(false)
  const connect = useConnectProvider()
  const disconnect = useDisconnectProvider()
  return (
    <SettingsCard
      title={t('security.provider.title', { name })}
      hint={
        connectedAt === null ? (
          t('security.provider.hint', { name })
        ) : (
          <>
            {t('security.provider.since')} <InstantText instant={connectedAt} />
          </>
        )
      }
      action={
        connectedAt === null ? (
          <Button loading={connect.isPending || connect.isSuccess} onClick={() => connect.mutate()}>
            {t('security.provider.connect')}
          </Button>
        ) : (
          <>
            <Badge color="mate" variant="light" size="lg">
              {t('security.on')}
            </Badge>
            <Button variant="default" onClick={() => setIsAsking(true)}>
              {t('security.provider.disconnect')}
            </Button>
          </>
        )
      }
    >
      <ConfirmDialog
        opened={isAsking}
        title={t('security.provider.disconnect_title', { name })}
        action={t('security.provider.disconnect')}
        busy={disconnect.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() =>
          disconnect.mutate(undefined, {
            onSuccess: () => toastDone(t('security.provider.disconnected', { name })),
            onSettled: () => setIsAsking(false),
          })
        }
      >
        {t('security.provider.disconnect_hint', { name })}
      </ConfirmDialog>
    </SettingsCard>
  )
}
