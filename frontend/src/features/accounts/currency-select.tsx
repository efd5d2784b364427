import { CURRENCIES } from '@chronos/contracts/money'
import { searchForm } from '@chronos/contracts/text'
import { Select } from '@mantine/core'
import type { SelectProps } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocale } from '../../lib/use-locale.ts'

/** Currencies of the Americas and the two that travel, first; all others after. */
const NEAR = [
  'BRL',
  'USD',
  'EUR',
  'ARS',
  'CLP',
  'COP',
  'MXN',
  'PEN',
  'UYU',
  'PYG',
  'BOB',
  'CRC',
  'DOP',
  'GTQ',
]

export function CurrencySelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation()
  const locale = useLocale()
  const data = useMemo(() => {
    const names = new Intl.DisplayNames(locale, { type: 'currency' })
    const option = (code: string) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` })
    return [...NEAR, ...CURRENCIES.filter((code) => !NEAR.includes(code))].map(option)
  }, [locale])
  return (
    <Select
      searchable
      allowDeselect={false}
      limit={60}
      nothingFoundMessage={t('common.nothing_found')}
      filter={({ options, search }) =>
        options.filter((option) => 'label' in option && searchForm(option.label).includes(searchForm(search)))
      }
      {...props}
      data={data}
    />
  )
}
