import { Group, Select } from '@mantine/core'
import { Suspense, lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useToday } from '../../lib/session.tsx'
import { AccountSelect } from '../accounts/account-select.tsx'
import { CategorySelect } from '../categories/category-select.tsx'
import classes from './filter-bar.module.css'
import { PERIODS, periodOf, rangeOf } from './period.ts'
import type { TransactionFilters } from './transaction-filters.ts'

const DateField = lazy(async () => {
  const { DateField: component } = await import('../../components/date-field.tsx')
  return { default: component }
})

const ALL = 'all'
const WITHOUT = 'none'

interface FilterFieldsProps {
  filters: TransactionFilters
  onChange: (changes: TransactionFilters) => void
}

export function FilterFields({ filters, onChange }: FilterFieldsProps) {
  const { t } = useTranslation()
  const today = useToday()
  const [asked, setAsked] = useState(false)
  const named = periodOf(filters, today)
  const period = asked && named !== 'any' ? 'custom' : named
  const category = filters.uncategorized === 'true' ? WITHOUT : (filters.categoryId ?? ALL)
  return (
    <>
      <AccountSelect
        className={classes['field'] ?? ''}
        aria-label={t('transactions.account')}
        value={filters.accountId ?? ALL}
        onChange={(id) => onChange({ accountId: id === ALL || id === null ? undefined : id })}
        extra={[{ value: ALL, label: t('transactions.all_accounts') }]}
      />
      <CategorySelect
        className={classes['field'] ?? ''}
        aria-label={t('transactions.category')}
        clearable={false}
        allowDeselect={false}
        value={category}
        onChange={(id) =>
          onChange({
            categoryId: id === ALL || id === WITHOUT || id === null ? undefined : id,
            uncategorized: id === WITHOUT ? 'true' : undefined,
          })
        }
        extra={[
          { value: ALL, label: t('transactions.all_categories') },
          { value: WITHOUT, label: t('categories.none') },
        ]}
      />
      <Select
        className={classes['field'] ?? ''}
        aria-label={t('transactions.period')}
        allowDeselect={false}
        data={PERIODS.map((value) => ({ value, label: t(`transactions.periods.${value}`) }))}
        value={period}
        onChange={(value) => {
          const chosen = PERIODS.find((known) => known === value) ?? 'any'
          setAsked(chosen === 'custom')
          if (chosen === 'custom' && named !== 'any') return
          onChange({ from: undefined, to: undefined, ...rangeOf(chosen, today) })
        }}
      />
      {period === 'custom' && (
        <Suspense>
          <Group gap="xs" wrap="nowrap">
            <DateField
              aria-label={t('transactions.from')}
              placeholder={t('transactions.from')}
              value={filters.from ?? null}
              onChange={(from) => onChange({ from: from ?? undefined })}
              clearable
            />
            <DateField
              aria-label={t('transactions.to')}
              placeholder={t('transactions.to')}
              value={filters.to ?? null}
              onChange={(to) => onChange({ to: to ?? undefined })}
              clearable
            />
          </Group>
        </Suspense>
      )}
    </>
  )
}
