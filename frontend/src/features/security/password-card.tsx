import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import { isWeakPassword, isWrongPassword } from '../../lib/form-errors.ts'
import { useSession } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { NewPassword } from '../session/new-password.tsx'
import { MIN_PASSWORD } from '../session/validation.ts'
import { useChangePassword } from './security-queries.ts'

export function PasswordCard({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <SettingsCard
        title={t('security.password.title')}
        hint={t(hasPassword ? 'security.password.hint' : 'security.password.none')}
        action={
          <Button variant="default" onClick={() => setIsOpen(true)}>
            {t(hasPassword ? 'security.password.change' : 'security.password.choose')}
          </Button>
        }
      />
      {isOpen && <PasswordDialog hasPassword={hasPassword} onClose={() => setIsOpen(false)} />}
    </>
  )
}

function PasswordDialog({ hasPassword, onClose }: { hasPassword: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { user, tenant } = useSession()
  const change = useChangePassword()
  const form = useForm({
    initialValues: { current: '', next: '' },
    validate: {
      current: (value) => (hasPassword && value === '' ? t('session.password_missing') : null),
      next: (value) => (value.length < MIN_PASSWORD ? t('session.password_short') : null),
    },
  })
  const isInPlace = isWeakPassword(change.error) || isWrongPassword(change.error)
  const submit = form.onSubmit(({ current, next }) =>
    change.mutate(
      { current: hasPassword ? current : null, next },
      {
        onError: (error) => {
          if (isWeakPassword(error)) form.setErrors({ next: t('errors.weak_password') })
          if (isWrongPassword(error)) form.setErrors({ current: t('session.wrong_password') })
        },
        onSuccess: () => {
          toastDone(t('security.password.changed'))
          onClose()
        },
      },
    ),
  )
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(hasPassword ? 'security.password.change' : 'security.password.choose')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <input type="text" hidden readOnly autoComplete="username" value={user.email} />
          {hasPassword && (
            <PasswordInput
              label={t('security.password.current')}
              autoComplete="current-password"
              data-autofocus
              visibilityToggleButtonProps={{ 'aria-label': t('session.show_password'), tabIndex: 0 }}
              {...form.getInputProps('current')}
            />
          )}
          <NewPassword
            label={t('session.new_password')}
            personal={[user.name, user.email, tenant.name]}
            {...form.getInputProps('next')}
            value={form.values.next}
          />
          <Text size="sm" c="dimmed">
            {t('security.password.ends_others')}
          </Text>
          <FormError error={isInPlace ? null : change.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('common.cancel')}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
