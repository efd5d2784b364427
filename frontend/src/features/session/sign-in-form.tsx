import { Anchor, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { ApiError } from '../../lib/api-client.ts'
import type { SignInChallenge } from '../../lib/api-client.ts'
import { OtherWays } from './other-ways.tsx'
import { signInOptionsQuery, usePasskeySignIn, useSignIn } from './session-actions.ts'
import { isEmail } from './validation.ts'

interface SignInFormProps {
  next: string
  refusal: ApiError | null
  onChallenge: (challenge: SignInChallenge) => void
}

export function SignInForm({ next, refusal, onChallenge }: SignInFormProps) {
  const { t } = useTranslation()
  const signIn = useSignIn(next)
  const passkey = usePasskeySignIn(next)
  const options = useQuery(signInOptionsQuery).data
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (isEmail(value) ? null : t('session.email_invalid')),
      password: (value) => (value === '' ? t('session.password_missing') : null),
    },
  })
  const submit = form.onSubmit((values) =>
    signIn.mutate(values, {
      onError: (error) => {
        if (error instanceof ApiError && error.challenge) onChallenge(error.challenge)
      },
    }),
  )
  const isFirstStep = signIn.error instanceof ApiError && signIn.error.challenge !== null
  return (
    <form noValidate onSubmit={submit}>
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
        {options?.passwordReset === true && (
          <Group justify="flex-end" mt={-8}>
            <Anchor component={Link} to="/forgot-password" size="sm">
              {t('session.forgot')}
            </Anchor>
          </Group>
        )}
        <FormError error={isFirstStep ? null : (signIn.error ?? refusal)} />
        <Button type="submit" size="md" loading={signIn.isPending}>
          {t('session.sign_in')}
        </Button>
        <OtherWays
          next={next}
          provider={options?.provider?.name ?? null}
          busy={passkey.isPending}
          error={passkey.error}
          onPasskey={() => passkey.mutate()}
        />
        {options?.registration !== 'closed' && (
          <Text size="sm" ta="center">
            {t('session.no_account')}{' '}
            <Anchor component={Link} to="/sign-up" fw={600}>
              {t('session.sign_up')}
            </Anchor>
          </Text>
        )}
      </Stack>
    </form>
  )
}
