import { Select } from '@mantine/core'
import type { SelectProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useAccounts } from './account-queries.ts'

interface AccountSelectProps extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  value?: string | null
  onChange: (id: string | null) => void
  /** Only accounts of this currency. */
  currency?: string | undefined
  /** Left out of the list. */
  except?: string | null | undefined
  /** Choices beside the accounts. */
  extra?: { value: string; label: string }[]
}

export function AccountSelect({
  value = null,
  onChange,
  currency,
  except,
  extra = [],
  ...rest
}: AccountSelectProps) {
  const { t } = useTranslation()
  const accounts = useAccounts().data ?? []
  const names = new Map<string, number>()
  for (const { name } of accounts) names.set(name, (names.get(name) ?? 0) + 1)
  const options = accounts
    .filter((account) => currency === undefined || account.currency === currency)
    .filter((account) => account.id !== except)
    .map((account) => ({
      value: account.id,
      label: (names.get(account.name) ?? 0) > 1 ? `${account.name} (${account.currency})` : account.name,
    }))
  return (
    <Select
      searchable={options.length > 6}
      nothingFoundMessage={t('common.nothing_found')}
      allowDeselect={false}
      comboboxProps={{ shadow: 'md' }}
      {...rest}
      data={[...extra, ...options]}
      value={value}
      onChange={onChange}
    />
  )
}
