import { LOCALES } from '@chronos/contracts/auth'
import { Anchor, Button, Divider, Group, NativeSelect, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { IconMail } from '../../components/icons.ts'
import { fieldErrors, isWeakPassword } from '../../lib/form-errors.ts'
import { preferredLocale, speak, translationOf } from '../../lib/i18n.ts'
import { useCurrencyOptions } from '../accounts/currency-options.ts'
import {
  browserTimeZone,
  guessCurrency,
  regionalLocale,
  timeZones,
  zonesByContinent,
} from './browser-guess.ts'
import { NewPassword } from './new-password.tsx'
import { ProviderButton } from './other-ways.tsx'
import { PublicFrame } from './public-frame.tsx'
import { PublicNotice } from './public-notice.tsx'
import { signInOptionsQuery, useSignUp } from './session-actions.ts'
import { isEmail, MIN_PASSWORD } from './validation.ts'

const LANGUAGE_NAMES = { 'pt-BR': 'Português (Brasil)', en: 'English', es: 'Español' } as const
const FIELDS = ['name', 'email', 'password', 'workspaceName', 'currency', 'locale', 'timezone'] as const

/** The form, as far as this server takes registrations; after it, where the e-mail is verified first, what comes next. */
export function SignUpPage() {
  const { t } = useTranslation()
  useDocumentTitle(`${t('session.sign_up')} · CHRONOS`)
  const options = useQuery(signInOptionsQuery)
  const registration = options.data?.registration ?? 'open'
  const signUp = useSignUp()
  const isMailSent = signUp.data !== undefined && 'status' in signUp.data
  return (
    <PublicFrame>
      {isMailSent ? (
        <PublicNotice
          icon={<IconMail size={28} />}
          title={t('session.mail_sent')}
          hint={t('session.mail_sent_hint', { email: signUp.variables?.email.trim() ?? '' })}
        />
      ) : registration === 'open' ? (
        <SignUpForm signUp={signUp} provider={options.data?.provider?.name ?? null} />
      ) : (
        <PublicNotice
          icon={<IconMail size={28} />}
          title={t(`session.registration.${registration}`)}
          hint={t(`session.registration.${registration}_hint`)}
        >
          <Button component={Link} to="/sign-in" size="md">
            {t('session.sign_in')}
          </Button>
        </PublicNotice>
      )}
    </PublicFrame>
  )
}

interface SignUpFormProps {
  signUp: ReturnType<typeof useSignUp>
  /** The operator's own OpenID provider, by its name. */
  provider: string | null
}

/** The browser's own pickers: at home on a phone, and the page needs none of the parts of a searching one. */
function SignUpForm({ signUp, provider }: SignUpFormProps) {
  const { t } = useTranslation()
  const ownZone = useMemo(browserTimeZone, [])
  const zones = useMemo(() => zonesByContinent(timeZones(ownZone)), [ownZone])
  const currencies = useCurrencyOptions()
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
      {
        onError: (error) =>
          form.setErrors(
            isWeakPassword(error) ? { password: t('errors.weak_password') } : fieldErrors(error, FIELDS),
          ),
      },
    ),
  )
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <div>
          <Title order={1}>{t('session.create_account')}</Title>
          <Text c="dimmed" mt={4}>
            {t('session.sign_up_hint')}
          </Text>
        </div>
        <TextInput label={t('session.name')} autoComplete="name" autoFocus {...form.getInputProps('name')} />
        <TextInput
          label={t('session.email')}
          type="email"
          autoComplete="email"
          {...form.getInputProps('email')}
        />
        <NewPassword
          label={t('session.password')}
          personal={[form.values.name, form.values.email, form.values.workspaceName]}
          {...form.getInputProps('password')}
          value={form.values.password}
        />
        <TextInput
          label={t('session.workspace')}
          description={t('session.workspace_hint')}
          autoComplete="organization"
          {...form.getInputProps('workspaceName')}
        />
        <Group grow align="flex-start" gap="sm">
          <NativeSelect label={t('session.currency')} data={currencies} {...form.getInputProps('currency')} />
          <NativeSelect
            label={t('settings.language')}
            data={LOCALES.map((locale) => ({ value: locale, label: LANGUAGE_NAMES[locale] }))}
            {...form.getInputProps('locale')}
            onChange={(event) => {
              const locale = translationOf(event.currentTarget.value)
              if (locale === null) return
              form.setFieldValue('locale', locale)
              void speak(locale, true)
            }}
          />
        </Group>
        <NativeSelect label={t('session.time_zone')} data={zones} {...form.getInputProps('timezone')} />
        <FormError error={isWeakPassword(signUp.error) ? null : signUp.error} />
        <Button type="submit" size="md" mt="xs" loading={signUp.isPending}>
          {t('session.create_account_action')}
        </Button>
        {provider !== null && (
          <>
            <Divider label={t('session.or')} />
            <ProviderButton name={provider} next="/" />
          </>
        )}
        <Text size="sm" ta="center">
          {t('session.have_account')}{' '}
          <Anchor component={Link} to="/sign-in" fw={600}>
            {t('session.sign_in')}
          </Anchor>
        </Text>
      </Stack>
    </form>
  )
}
