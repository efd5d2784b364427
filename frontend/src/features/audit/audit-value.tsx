import { isCalendarDate } from '@chronos/contracts/dates'
import { useTranslation } from 'react-i18next'
import { DateText, InstantText } from '../../components/date-text.tsx'
import { MoneyText } from '../../components/money-text.tsx'
import { textOf } from '../../lib/i18n.ts'
import { useAccountOf } from '../accounts/account-queries.ts'
import { useCategoryOf } from '../categories/category-queries.ts'

interface AuditValueProps {
  field: string
  value: unknown
  currency: string | null
}

/** Columns that hold one of a few words, and where their texts are. */
const NAMED: Record<string, string> = {
  type: 'accounts.type',
  kind: 'categories.kind',
  status: 'import.status',
  source: 'audit.source',
  role: 'audit.role',
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

/** A column's value as people read it: money, dates and names instead of numbers and ids. */
export function AuditValue({ field, value, currency }: AuditValueProps) {
  const { t } = useTranslation()
  const accountOf = useAccountOf()
  const categoryOf = useCategoryOf()
  if (value === null || value === '') return <span aria-label={t('audit.empty_value')}>–</span>
  if (typeof value === 'number' && /_?minor$/i.test(field) && currency !== null)
    return <MoneyText minor={value} currency={currency} />
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no')
  if (typeof value === 'string') {
    if (isCalendarDate(value)) return <DateText date={value} />
    if (INSTANT.test(value)) return <InstantText instant={value} />
    if (/^account_?id$/i.test(field)) return accountOf(value)?.name ?? value
    if (/^category_?id$|^parent_?id$/i.test(field)) return categoryOf(value)?.name ?? value
    const named = NAMED[field]
    return (named === undefined ? null : textOf(`${named}.${value}`)) ?? value
  }
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? value.join(', ') || '–'
    : JSON.stringify(value)
}
