import type { Workspace } from '@chronos/contracts/workspace'
import { Button, Group, NativeSelect, Stack, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { useLocale } from '../../lib/use-locale.ts'
import { formatMinutes, IDLE_CHOICES } from './idle-minutes.ts'
import { SettingsCard } from './settings-card.tsx'
import { useUpdateWorkspace } from './workspace-queries.ts'

const DEFAULT = 'default'

/** What everybody's sessions in this workspace must keep to. */
export function SecurityForm({ workspace, canUpdate }: { workspace: Workspace; canUpdate: boolean }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const update = useUpdateWorkspace()
  const form = useForm({
    initialValues: {
      requireSecondFactor: workspace.requireSecondFactor,
      idle: workspace.idleMinutes === null ? DEFAULT : String(workspace.idleMinutes),
    },
  })
  const choices = [...new Set([...IDLE_CHOICES, workspace.idleMinutes ?? IDLE_CHOICES[0]])].sort(
    (a, b) => a - b,
  )
  const submit = form.onSubmit(({ requireSecondFactor, idle }) =>
    update.mutate(
      {
        workspace,
        changes: {
          ...(form.isDirty('requireSecondFactor') ? { requireSecondFactor } : {}),
          ...(form.isDirty('idle') ? { idleMinutes: idle === DEFAULT ? null : Number(idle) } : {}),
        },
      },
      { onSuccess: () => toastDone(t('workspace.saved')) },
    ),
  )
  return (
    <SettingsCard title={t('workspace.security')}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Switch
            label={t('workspace.require_second_factor')}
            description={t('workspace.require_second_factor_hint')}
            disabled={!canUpdate}
            {...form.getInputProps('requireSecondFactor', { type: 'checkbox' })}
          />
          <NativeSelect
            maw={340}
            label={t('workspace.idle')}
            description={t('workspace.idle_hint')}
            disabled={!canUpdate}
            data={[
              ...choices.map((minutes) => ({
                value: String(minutes),
                label: formatMinutes(minutes, locale),
              })),
              { value: DEFAULT, label: t('workspace.idle_default') },
            ]}
            {...form.getInputProps('idle')}
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
