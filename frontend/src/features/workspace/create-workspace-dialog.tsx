import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { useSession } from '../../lib/session.tsx'
import { PlaceFields } from './place-fields.tsx'
import { useSwitchTenant } from './use-switch-tenant.ts'
import { useCreateWorkspace } from './workspace-queries.ts'

/** A further workspace, as this one is to begin with; it opens at once. */
export function CreateWorkspaceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const create = useCreateWorkspace()
  const switchTenant = useSwitchTenant()
  const form = useForm({
    initialValues: {
      name: '',
      currency: tenant.currency,
      locale: tenant.locale,
      timezone: tenant.timezone,
    },
    validate: { name: (value) => (value.trim() === '' ? t('session.workspace_missing') : null) },
  })
  const submit = form.onSubmit((values) =>
    create.mutate(values, {
      onError: (error) => form.setErrors(fieldErrors(error, ['name', 'currency', 'locale', 'timezone'])),
      onSuccess: ({ id }) => switchTenant.mutate(id, { onSettled: onClose }),
    }),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('nav.new_workspace')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('nav.new_workspace_hint')}
          </Text>
          <TextInput
            label={t('session.workspace')}
            description={t('session.workspace_hint')}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('name')}
          />
          <PlaceFields props={(field) => form.getInputProps(field)} />
          <FormError error={create.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending || switchTenant.isPending}>
              {t('nav.create_workspace')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
