import { searchForm } from '@chronos/contracts/text'
import { Select } from '@mantine/core'
import type { SelectProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCurrencyOptions } from './currency-options.ts'

export function CurrencySelect(props: Omit<SelectProps, 'data'>) {
  const { t } = useTranslation()
  const data = useCurrencyOptions()
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
