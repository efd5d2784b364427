import { Anchor, Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { PublicFrame } from './public-frame.tsx'
import { useSignIn } from './session-actions.ts'
import { isEmail } from './validation.ts'

export function SignInPage({ next }: { next: string }) {
  const { t } = useTranslation()
  useDocumentTitle(`${t('session.sign_in')} · CHRONOS`)
  const signIn = useSignIn(next)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (isEmail(value) ? null : t('session.email_invalid')),
      password: (value) => (value === '' ? t('session.password_missing') : null),
    },
  })
  return (
    <PublicFrame>
      <form noValidate onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
        <Stack>
          <div>
            <Title order={1}>{t('session.welcome_back')}</Title>
            <Text c="dimmed" mt={4}>
              {t('session.sign_in_hint')}
            </Text>
          </div>
          <TextInput
            label={t('session.email')}
            type="email"
            autoComplete="username"
            inputMode="email"
            autoFocus
            size="md"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('session.password')}
            autoComplete="current-password"
            size="md"
            visibilityToggleButtonProps={{ 'aria-label': t('session.show_password'), tabIndex: 0 }}
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <FormError error={signIn.error} />
          <Button type="submit" size="md" loading={signIn.isPending}>
            {t('session.sign_in')}
          </Button>
          <Text size="sm" ta="center">
            {t('session.no_account')}{' '}
            <Anchor component={Link} to="/sign-up" fw={600}>
              {t('session.sign_up')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </PublicFrame>
  )
}
