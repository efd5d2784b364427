import { Button, Stack, Text, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { isWeakPassword } from '../../lib/form-errors.ts'
import { NewPassword } from './new-password.tsx'
import { MIN_PASSWORD } from './validation.ts'

interface NewPasswordFormProps {
  title: string
  hint: string
  action: string
  busy: boolean
  error: unknown
  onPassword: (password: string) => void
}

/** Choosing a password by a link that came. */
export function NewPasswordForm({ title, hint, action, busy, error, onPassword }: NewPasswordFormProps) {
  const { t } = useTranslation()
  const form = useForm({
    initialValues: { password: '' },
    validate: { password: (value) => (value.length < MIN_PASSWORD ? t('session.password_short') : null) },
  })
  const isWeak = isWeakPassword(error)
  const field = form.getInputProps('password')
  return (
    <form noValidate onSubmit={form.onSubmit(({ password }) => onPassword(password))}>
      <Stack>
        <div>
          <Title order={1}>{title}</Title>
          <Text c="dimmed" mt={4}>
            {hint}
          </Text>
        </div>
        <NewPassword
          label={t('session.new_password')}
          size="md"
          autoFocus
          {...field}
          value={form.values.password}
          error={field.error ?? (isWeak ? t('errors.weak_password') : null)}
        />
        <FormError error={isWeak ? null : error} />
        <Button type="submit" size="md" loading={busy}>
          {action}
        </Button>
      </Stack>
    </form>
  )
}
