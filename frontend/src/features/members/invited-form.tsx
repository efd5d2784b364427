import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { regionalLocale } from '../session/browser-guess.ts'
import { MIN_PASSWORD } from '../session/validation.ts'
import { useRegisterInvited } from './invitation-actions.ts'
import type { Preview } from './invitation-page.tsx'

/** For who is new here: a name and a password; the link has shown that the e-mail is theirs. */
export function InvitedForm({ token, invitation }: { token: string; invitation: Preview }) {
  const { t, i18n } = useTranslation()
  const register = useRegisterInvited()
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: {
      name: (value) => (value.trim() === '' ? t('session.name_missing') : null),
      password: (value) => (value.length < MIN_PASSWORD ? t('session.password_short') : null),
    },
  })
  const submit = form.onSubmit((values) =>
    register.mutate(
      { ...values, token, locale: regionalLocale(i18n.language, navigator.languages) },
      { onError: (error) => form.setErrors(fieldErrors(error, ['name', 'password'])) },
    ),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t('session.email')}
          type="email"
          autoComplete="username"
          readOnly
          variant="filled"
          value={invitation.email}
        />
        <TextInput label={t('session.name')} autoComplete="name" autoFocus {...form.getInputProps('name')} />
        <PasswordInput
          label={t('session.password')}
          description={t('session.password_hint')}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('session.show_password'), tabIndex: 0 }}
          {...form.getInputProps('password')}
        />
        <FormError error={register.error} />
        <Button type="submit" size="md" mt="xs" loading={register.isPending}>
          {t('members.register_and_join')}
        </Button>
        <Text size="sm" ta="center">
          {t('session.have_account')}{' '}
          <Anchor
            fw={600}
            renderRoot={(props) => <Link {...props} to="/sign-in" search={{ next: '/invitation' }} />}
          >
            {t('session.sign_in')}
          </Anchor>
        </Text>
      </Stack>
    </form>
  )
}
