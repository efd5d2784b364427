import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { preferredLocale } from '../../lib/i18n.ts'
import { toastDone } from '../../lib/toasts.ts'
import { browserTimeZone, guessCurrency, regionalLocale } from '../session/browser-guess.ts'
import { isEmail } from '../session/validation.ts'
import { PlaceFields } from '../workspace/place-fields.tsx'
import { plansQuery, useCreateTenant } from './operator-queries.ts'

const FIELDS = ['name', 'ownerEmail', 'currency', 'locale', 'timezone', 'planId'] as const

/** A new tenant; its owner gets an invitation by mail. */
export function CreateTenantDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateTenant()
  const plans = useQuery(plansQuery).data ?? []
  const zone = browserTimeZone()
  const form = useForm({
    initialValues: {
      name: '',
      ownerEmail: '',
      currency: guessCurrency(zone, navigator.languages),
      locale: regionalLocale(preferredLocale(), navigator.languages),
      timezone: zone,
      planId: null as string | null,
    },
    validate: {
      name: (value) => (value.trim() === '' ? t('session.workspace_missing') : null),
      ownerEmail: (value) => (isEmail(value) ? null : t('session.email_invalid')),
    },
  })
  const submit = form.onSubmit(({ planId, ...values }) =>
    create.mutate(
      { ...values, ...(planId === null ? {} : { planId }) },
      {
        onError: (error) => form.setErrors(fieldErrors(error, FIELDS)),
        onSuccess: ({ id }) => {
          toastDone(t('operator.tenant_created', { email: values.ownerEmail.trim() }))
          onClose()
          void navigate({ to: '/operator/tenants/$tenantId', params: { tenantId: id } })
        },
      },
    ),
  )
  const standard = plans.find(({ isDefault }) => isDefault)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('operator.create_tenant')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={t('session.workspace')}
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('operator.owner_email')}
            description={t('operator.owner_email_hint')}
            type="email"
            autoComplete="off"
            {...form.getInputProps('ownerEmail')}
          />
          <PlaceFields props={(field) => form.getInputProps(field)} />
          <Select
            label={t('operator.plan')}
            placeholder={standard?.name ?? ''}
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            data={plans.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('planId')}
          />
          <FormError error={create.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('operator.create_tenant')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
