import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { toastDone } from '../../lib/toasts.ts'
import { useLocale } from '../../lib/use-locale.ts'
import { formatMinutes } from './idle-minutes.ts'
import { useAllowSupport } from './workspace-queries.ts'

const HOURS = [1, 4, 24, 72] as const

export function SupportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const allow = useAllowSupport()
  const form = useForm({
    initialValues: { hours: '4', reason: '' },
    validate: { reason: (value) => (value.trim() === '' ? t('workspace.reason_missing') : null) },
  })
  const submit = form.onSubmit(({ hours, reason }) =>
    allow.mutate(
      { hours: Number(hours), reason },
      {
        onError: (error) => form.setErrors(fieldErrors(error, ['hours', 'reason'])),
        onSuccess: () => {
          toastDone(t('workspace.support_allowed'))
          onClose()
        },
      },
    ),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('workspace.support_title')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('workspace.support_explained')}</Text>
          <NativeSelect
            label={t('workspace.support_hours')}
            data={HOURS.map((hours) => ({
              value: String(hours),
              label: formatMinutes(hours * 60, locale),
            }))}
            {...form.getInputProps('hours')}
          />
          <TextInput
            label={t('workspace.reason')}
            description={t('workspace.support_reason_hint')}
            maxLength={300}
            data-autofocus
            {...form.getInputProps('reason')}
          />
          <FormError error={allow.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={allow.isPending}>
              {t('workspace.support_allow')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
