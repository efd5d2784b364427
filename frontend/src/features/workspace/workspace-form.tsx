import type { Workspace } from '@chronos/contracts/workspace'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { toastDone } from '../../lib/toasts.ts'
import { PlaceFields } from './place-fields.tsx'
import { SettingsCard } from './settings-card.tsx'
import { useUpdateWorkspace } from './workspace-queries.ts'

const FIELDS = ['name', 'currency', 'locale', 'timezone'] as const

export function WorkspaceForm({ workspace, canUpdate }: { workspace: Workspace; canUpdate: boolean }) {
  const { t } = useTranslation()
  const update = useUpdateWorkspace()
  const { name, currency, locale, timezone } = workspace
  const form = useForm({
    initialValues: { name, currency, locale, timezone },
    validate: { name: (value) => (value.trim() === '' ? t('session.workspace_missing') : null) },
  })
  const submit = form.onSubmit((values) => {
    const changed = FIELDS.filter((field) => form.isDirty(field)).map((field) => [field, values[field]])
    update.mutate(
      { workspace, changes: Object.fromEntries(changed) as Partial<typeof values> },
      {
        onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
        onSuccess: () => toastDone(t('workspace.saved')),
      },
    )
  })
  return (
    <SettingsCard title={t('workspace.general')}>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('session.workspace')}
            disabled={!canUpdate}
            autoComplete="off"
            {...form.getInputProps('name')}
          />
          <PlaceFields
            props={(field) => form.getInputProps(field)}
            currencyHint={t('workspace.currency_hint')}
            disabled={!canUpdate}
          />
          <FormError error={update.error} />
          {canUpdate && (
            <Group justify="flex-end">
              <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
                {t('common.save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </SettingsCard>
  )
}
