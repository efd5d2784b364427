import { Button, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { PublicFrame } from '../session/public-frame.tsx'
import { isEmail } from '../session/validation.ts'
import { useOperatorSignIn } from './operator-client.ts'

/** E-mail, password and code at once: nobody learns which of them was wrong. */
export function OperatorSignInPage() {
  const { t } = useTranslation()
  useDocumentTitle(`${t('operator.sign_in_title')} · CHRONOS`)
  const signIn = useOperatorSignIn()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '', code: '' },
    validate: {
      email: (value) => (isEmail(value) ? null : t('session.email_invalid')),
      password: (value) => (value === '' ? t('session.password_missing') : null),
      code: (value) => (/^(\s*\d){6}\s*$/.test(value) ? null : t('operator.code_invalid')),
    },
  })
  return (
    <PublicFrame>
      <form
        noValidate
        onSubmit={form.onSubmit((values) =>
          signIn.mutate(values, { onError: () => form.setFieldValue('code', '') }),
        )}
      >
        <Stack>
          <div>
            <Title order={1}>{t('operator.sign_in_title')}</Title>
            <Text c="dimmed" mt={4}>
              {t('operator.sign_in_hint')}
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
          <TextInput
            label={t('operator.code')}
            description={t('operator.code_hint')}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={11}
            size="md"
            styles={{ input: { fontVariantNumeric: 'tabular-nums', letterSpacing: '0.15em' } }}
            key={form.key('code')}
            {...form.getInputProps('code')}
          />
          <FormError error={signIn.error} words={{ invalid_credentials: t('operator.refused') }} />
          <Button type="submit" size="md" loading={signIn.isPending}>
            {t('session.sign_in')}
          </Button>
        </Stack>
      </form>
    </PublicFrame>
  )
}
