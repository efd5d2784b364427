import type { ControlTenant, Plan } from '@chronos/contracts/control'
import { Button, Group, Modal, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { LimitFields } from './limit-fields.tsx'
import { overridesOf } from './limit-values.ts'
import type { LimitValues } from './limit-values.ts'
import { useLimitTenant } from './operator-queries.ts'

interface LimitsDialogProps {
  tenant: ControlTenant
  plan: Plan
  onClose: () => void
}

/** Limits and features of one tenant. What is as in its plan follows the plan from then on. */
export function LimitsDialog({ tenant, plan, onClose }: LimitsDialogProps) {
  const { t } = useTranslation()
  const limit = useLimitTenant(tenant.id)
  const [values, setValues] = useState<LimitValues>({ limits: tenant.limits, features: tenant.features })
  const save = (): void =>
    limit.mutate(overridesOf(values, plan), {
      onSuccess: () => {
        toastDone(t('operator.limits_saved'))
        onClose()
      },
    })
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('operator.limits_of', { name: tenant.name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Stack>
          <LimitFields values={values} onChange={setValues} plan={plan} />
          <FormError error={limit.error} />
          <Group justify="space-between" gap="xs">
            <Button
              variant="subtle"
              onClick={() => setValues({ limits: plan.limits, features: plan.features })}
            >
              {t('operator.as_in_plan')}
            </Button>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                {t('common.cancel')}
              </Button>
              <Button type="submit" loading={limit.isPending}>
                {t('common.save')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
