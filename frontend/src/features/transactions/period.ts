import { addDays } from '@chronos/contracts/dates'
import { addMonths, firstDayOf, lastDayOf, monthOf } from '../../lib/date-format.ts'

export const PERIODS = ['any', 'this_month', 'last_month', 'days_90', 'this_year', 'custom'] as const
export type Period = (typeof PERIODS)[number]

interface Range {
  from?: string | undefined
  to?: string | undefined
}

/** The days of a named period; `custom` begins with this month so far. */
export function rangeOf(period: Period, today: string): Range {
  const month = monthOf(today)
  const last = addMonths(month, -1)
  switch (period) {
    case 'any':
      return {}
    case 'this_month':
      return { from: firstDayOf(month), to: lastDayOf(month) }
    case 'last_month':
      return { from: firstDayOf(last), to: lastDayOf(last) }
    case 'days_90':
      return { from: addDays(today, -89), to: today }
    case 'this_year':
      return { from: `${today.slice(0, 4)}-01-01`, to: `${today.slice(0, 4)}-12-31` }
    case 'custom':
      return { from: firstDayOf(month), to: today }
  }
}

/** The name of a range, `custom` where it has none. */
export function periodOf(range: Range, today: string): Period {
  const named = PERIODS.find((period) => {
    const { from, to } = rangeOf(period, today)
    return period !== 'custom' && from === range.from && to === range.to
  })
  return named ?? 'custom'
}
