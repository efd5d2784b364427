import { addDays } from '@chronos/contracts/dates'
import { useTranslation } from 'react-i18next'
import { formatDate, formatInstant, formatMonth } from '../lib/date-format.ts'
import type { DateStyle } from '../lib/date-format.ts'
import { useSession, useToday } from '../lib/session.tsx'
import { useLocale } from '../lib/use-locale.ts'

/** A calendar date; one of another year never without its year. */
export function DateText({ date, style = 'medium' }: { date: string; style?: DateStyle }) {
  const thisYear = date.slice(0, 4) === useToday().slice(0, 4)
  return (
    <time dateTime={date} className="tabular">
      {formatDate(date, useLocale(), style === 'short' && !thisYear ? 'day' : style)}
    </time>
  )
}

/** A calendar date as a heading: today and yesterday by name. */
export function DayText({ date }: { date: string }) {
  const { t } = useTranslation()
  const locale = useLocale()
  const today = useToday()
  const named =
    date === today ? t('common.today') : date === addDays(today, -1) ? t('common.yesterday') : null
  const full = formatDate(date, locale, date.slice(0, 4) === today.slice(0, 4) ? 'weekday' : 'medium')
  return <time dateTime={date}>{named ?? full}</time>
}

export function MonthText({ month, style = 'long' }: { month: string; style?: 'long' | 'short' }) {
  return <time dateTime={month}>{formatMonth(month, useLocale(), style)}</time>
}

/** An instant, on the workspace's wall clock. */
export function InstantText({ instant, style = 'full' }: { instant: string; style?: 'full' | 'time' }) {
  const { tenant } = useSession()
  return (
    <time dateTime={instant} className="tabular">
      {formatInstant(instant, useLocale(), tenant.timezone, style)}
    </time>
  )
}
