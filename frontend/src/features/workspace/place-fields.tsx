import { LOCALES } from '@chronos/contracts/auth'
import { Group, Select } from '@mantine/core'
import type { GetInputPropsReturnType } from '@mantine/form'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CurrencySelect } from '../accounts/currency-select.tsx'
import { browserTimeZone, timeZones } from '../session/browser-guess.ts'

export const LANGUAGES = { 'pt-BR': 'Português (Brasil)', en: 'English', es: 'Español' } as const

interface PlaceFieldsProps {
  props: (field: 'currency' | 'locale' | 'timezone') => GetInputPropsReturnType
  currencyHint?: string
  disabled?: boolean
}

/** Currency, language and time zone of a workspace. */
export function PlaceFields({ props, currencyHint, disabled = false }: PlaceFieldsProps) {
  const { t } = useTranslation()
  const locale = props('locale')['value'] as string
  const zone = props('timezone')['value'] as string
  const zones = useMemo(() => timeZones(zone === '' ? browserTimeZone() : zone), [zone])
  const languages = LOCALES.map((value) => ({ value: value as string, label: LANGUAGES[value] as string }))
  // es-MX speaks Spanish: the region stays as it was until another language is chosen.
  const own = LOCALES.find((known) => known.split('-')[0] === locale.split('-')[0])
  const shown = languages.map((one) => (one.value === own ? { ...one, value: locale } : one))
  return (
    <>
      <Group grow align="flex-start" gap="sm" preventGrowOverflow={false} wrap="wrap">
        <CurrencySelect
          miw={200}
          label={t('session.currency')}
          disabled={disabled}
          {...(currencyHint === undefined ? {} : { description: currencyHint })}
          {...props('currency')}
        />
        <Select
          miw={200}
          label={t('settings.language')}
          {...(currencyHint === undefined ? {} : { description: t('workspace.language_hint') })}
          allowDeselect={false}
          disabled={disabled}
          data={shown}
          {...props('locale')}
        />
      </Group>
      <Select
        label={t('session.time_zone')}
        searchable
        allowDeselect={false}
        limit={60}
        disabled={disabled}
        nothingFoundMessage={t('common.nothing_found')}
        data={zones.map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
        {...props('timezone')}
      />
    </>
  )
}
