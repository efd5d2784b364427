import type { Plan } from '@chronos/contracts/control'
import { Button, Group, Modal, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { toastDone } from '../../lib/toasts.ts'
import { LimitFields } from './limit-fields.tsx'
import { PLAN_ID } from './limit-values.ts'
import type { LimitValues } from './limit-values.ts'
import { usePutPlan } from './operator-queries.ts'

/** All open and nothing limited: what is closed is chosen. */
const OPEN: LimitValues = {
  limits: {
    members: null,
    accounts: null,
    transactionsPerMonth: null,
    storageBytes: null,
    whatsappMessagesPerMonth: null,
  },
  features: { whatsapp: true, imports: true, exports: true, apiTokens: true },
}

/** Makes a plan, or changes one for all who are on it. */
export function PlanDialog({ plan, onClose }: { plan: Plan | null; onClose: () => void }) {
  const { t } = useTranslation()
  const put = usePutPlan()
  const form = useForm({
    initialValues: {
      id: plan?.id ?? '',
      name: plan?.name ?? '',
      isDefault: plan?.isDefault ?? false,
      values: plan ? { limits: plan.limits, features: plan.features } : OPEN,
    },
    validate: {
      id: (value) => (PLAN_ID.test(value) ? null : t('operator.plan_id_hint')),
      name: (value) => (value.trim() === '' ? t('operator.plan_name_missing') : null),
    },
  })
  const submit = form.onSubmit(({ id, name, isDefault, values }) =>
    put.mutate(
      { planId: id, body: { name, isDefault, ...values } },
      {
        onError: (error) => form.setErrors(fieldErrors(error, ['name'])),
        onSuccess: () => {
          toastDone(t('operator.plan_saved'))
          onClose()
        },
      },
    ),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={plan ? plan.name : t('operator.add_plan')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack>
          <Group grow align="flex-start" gap="sm">
            <TextInput
              label={t('operator.plan_name')}
              autoComplete="off"
              data-autofocus
              {...form.getInputProps('name')}
            />
            <TextInput
              label={t('operator.plan_id')}
              autoComplete="off"
              disabled={plan !== null}
              {...form.getInputProps('id')}
            />
          </Group>
          <LimitFields
            values={form.values.values}
            onChange={(values) => form.setFieldValue('values', values)}
          />
          <Switch
            label={t('operator.plan_default')}
            description={t('operator.plan_default_hint')}
            disabled={plan?.isDefault === true}
            {...form.getInputProps('isDefault', { type: 'checkbox' })}
          />
          <FormError error={put.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={put.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
