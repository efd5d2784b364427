import { LOCALES } from '@chronos/contracts/auth'
import { Anchor, Button, Group, PasswordInput, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { preferredLocale, speak, translationOf } from '../../lib/i18n.ts'
import { CurrencySelect } from '../accounts/currency-select.tsx'
import { browserTimeZone, guessCurrency, regionalLocale, timeZones } from './browser-guess.ts'
import { PublicFrame } from './public-frame.tsx'
import { useSignUp } from './session-actions.ts'
import { isEmail, MIN_PASSWORD } from './validation.ts'

const LANGUAGE_NAMES = { 'pt-BR': 'Português (Brasil)', en: 'English', es: 'Español' } as const
const FIELDS = ['name', 'email', 'password', 'workspaceName', 'currency', 'locale', 'timezone'] as const

export function SignUpPage() {
  const { t } = useTranslation()
  useDocumentTitle(`${t('session.sign_up')} · CHRONOS`)
  const signUp = useSignUp()
  const ownZone = useMemo(browserTimeZone, [])
  const zones = useMemo(() => timeZones(ownZone), [ownZone])
  const form = useForm({
    initialValues: {
      name: '',
      email: '',
      password: '',
      workspaceName: '',
      currency: guessCurrency(ownZone, navigator.languages),
      locale: preferredLocale() as string,
      timezone: ownZone,
    },
    validate: {
      name: (value) => (value.trim() === '' ? t('session.name_missing') : null),
      email: (value) => (isEmail(value) ? null : t('session.email_invalid')),
      password: (value) => (value.length < MIN_PASSWORD ? t('session.password_short') : null),
      workspaceName: (value) => (value.trim() === '' ? t('session.workspace_missing') : null),
    },
  })
  const submit = form.onSubmit((values) =>
    signUp.mutate(
      { ...values, locale: regionalLocale(values.locale, navigator.languages) },
      { onError: (error) => form.setErrors(fieldErrors(error, FIELDS)) },
    ),
  )
  return (
    <PublicFrame>
      <form noValidate onSubmit={submit}>
        <Stack gap="sm">
          <div>
            <Title order={1}>{t('session.create_account')}</Title>
            <Text c="dimmed" mt={4}>
              {t('session.sign_up_hint')}
            </Text>
          </div>
          <TextInput
            label={t('session.name')}
            autoComplete="name"
            autoFocus
            {...form.getInputProps('name')}
          />
          <TextInput
            label={t('session.email')}
            type="email"
            autoComplete="email"
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label={t('session.password')}
            description={t('session.password_hint')}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('session.show_password'), tabIndex: 0 }}
            {...form.getInputProps('password')}
          />
          <TextInput
            label={t('session.workspace')}
            description={t('session.workspace_hint')}
            autoComplete="organization"
            {...form.getInputProps('workspaceName')}
          />
          <Group grow align="flex-start" gap="sm">
            <CurrencySelect label={t('session.currency')} {...form.getInputProps('currency')} />
            <Select
              label={t('settings.language')}
              allowDeselect={false}
              data={LOCALES.map((locale) => ({ value: locale, label: LANGUAGE_NAMES[locale] }))}
              {...form.getInputProps('locale')}
              onChange={(value) => {
                const locale = value === null ? null : translationOf(value)
                if (locale === null) return
                form.setFieldValue('locale', locale)
                void speak(locale, true)
              }}
            />
          </Group>
          <Select
            label={t('session.time_zone')}
            searchable
            allowDeselect={false}
            limit={60}
            nothingFoundMessage={t('common.nothing_found')}
            data={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
            {...form.getInputProps('timezone')}
          />
          <FormError error={signUp.error} />
          <Button type="submit" size="md" mt="xs" loading={signUp.isPending}>
            {t('session.create_account_action')}
          </Button>
          <Text size="sm" ta="center">
            {t('session.have_account')}{' '}
            <Anchor component={Link} to="/sign-in" fw={600}>
              {t('session.sign_in')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </PublicFrame>
  )
}
