import type { ControlTenant } from '@chronos/contracts/control'
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { useSuspend } from './operator-queries.ts'

export function SuspendDialog({ tenant, onClose }: { tenant: ControlTenant; onClose: () => void }) {
  const { t } = useTranslation()
  const suspend = useSuspend(tenant.id)
  const [reason, setReason] = useState('')
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('operator.suspend_title', { name: tenant.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (reason.trim() !== '') suspend.mutate(reason.trim(), { onSuccess: onClose })
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('operator.suspend_hint')}</Text>
          <TextInput
            label={t('workspace.reason')}
            description={t('operator.suspend_reason_hint')}
            maxLength={300}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <FormError error={suspend.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" color="goiaba" disabled={reason.trim() === ''} loading={suspend.isPending}>
              {t('operator.suspend')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
