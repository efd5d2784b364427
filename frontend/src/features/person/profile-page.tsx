import { LOCALES } from '@chronos/contracts/auth'
import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '../../components/form-error.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { SettingsCard } from '../../components/settings-card.tsx'
import { fieldErrors } from '../../lib/form-errors.ts'
import { speak, translationOf } from '../../lib/i18n.ts'
import { useSession } from '../../lib/session.tsx'
import { toastDone } from '../../lib/toasts.ts'
import { regionalLocale } from '../session/browser-guess.ts'
import { SchemeChoice } from '../shell/device-preferences.tsx'
import { EmailDialog } from './email-dialog.tsx'
import { useUpdatePerson } from './person-queries.ts'

const LANGUAGE_NAMES = { 'pt-BR': 'Português (Brasil)', en: 'English', es: 'Español' } as const

/** Who the person is to the others, in which language they are spoken to, and how this device looks. */
export function ProfilePage() {
  const { t } = useTranslation()
  const { user } = useSession()
  const [isChanging, setIsChanging] = useState(false)
  return (
    <>
      <PageHeader title={t('settings.pages.profile')} hint={t('person.hint')} />
      <Stack>
        <SettingsCard title={t('person.you')} hint={t('person.you_hint')}>
          <PersonForm />
        </SettingsCard>
        <SettingsCard
          title={t('session.email')}
          hint={
            <>
              {user.email} · {t(user.emailVerified ? 'person.verified' : 'person.unverified')}
            </>
          }
          action={
            <Button variant="default" onClick={() => setIsChanging(true)}>
              {t('person.change_email')}
            </Button>
          }
        />
        <SettingsCard title={t('person.device')} hint={t('person.device_hint')}>
          <SchemeChoice />
        </SettingsCard>
      </Stack>
      {isChanging && <EmailDialog onClose={() => setIsChanging(false)} />}
    </>
  )
}

function PersonForm() {
  const { t } = useTranslation()
  const { user } = useSession()
  const update = useUpdatePerson()
  const form = useForm({
    initialValues: { name: user.name, locale: translationOf(user.locale) ?? LOCALES[0] },
    validate: { name: (value) => (value.trim() === '' ? t('session.name_missing') : null) },
  })
  const submit = form.onSubmit(({ name, locale }) => {
    // The region of a language that did not change stays: it says how numbers are written.
    const changed = locale !== translationOf(user.locale)
    update.mutate(
      { name, ...(changed ? { locale: regionalLocale(locale, navigator.languages) } : {}) },
      {
        onError: (error) => form.setErrors(fieldErrors(error, ['name', 'locale'])),
        onSuccess: () => {
          void speak(locale, true)
          form.resetDirty()
          toastDone(t('person.saved'))
        },
      },
    )
  })
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="sm">
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            label={t('session.name')}
            autoComplete="name"
            miw={220}
            {...form.getInputProps('name')}
          />
          <Select
            label={t('settings.language')}
            allowDeselect={false}
            miw={180}
            data={LOCALES.map((locale) => ({ value: locale, label: LANGUAGE_NAMES[locale] }))}
            {...form.getInputProps('locale')}
          />
        </Group>
        <FormError error={update.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={update.isPending} disabled={!form.isDirty()}>
            {t('common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
