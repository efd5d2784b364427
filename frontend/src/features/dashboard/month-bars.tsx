import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { VisuallyHidden } from '@mantine/core'
import { MonthText } from '../../components/date-text.tsx'
import { MoneyText } from '../../components/money-text.tsx'
import { formatMonth } from '../../lib/date-format.ts'
import { formatMoneyCompact } from '../../lib/money-format.ts'
import { useLocale } from '../../lib/use-locale.ts'
import { niceCeiling } from './nice-ceiling.ts'
import classes from './month-bars.module.css'

export interface MonthFlow {
  month: string
  incomeMinor: number
  expenseMinor: number
  netMinor: number
}

interface MonthBarsProps {
  /** In order; months without money in or out are there too. */
  months: readonly MonthFlow[]
  currency: string
}

const LINES = [1, 0.75, 0.5, 0.25]

/** Money in and out, month by month; the month under the pointer or the focus is spelt out above. */
export function MonthBars({ months, currency }: MonthBarsProps) {
  const { t } = useTranslation()
  const locale = useLocale()
  const [chosen, setChosen] = useState<number | null>(null)
  const top = niceCeiling(Math.max(1, ...months.flatMap((month) => [month.incomeMinor, month.expenseMinor])))
  const shown = months[chosen ?? months.length - 1]
  const height = (minor: number): string => `${(minor / top) * 100}%`
  return (
    <div className={classes['root']}>
      {shown && (
        <div className={classes['legend']} aria-hidden>
          <span className={classes['month']}>
            <MonthText month={shown.month} />
          </span>
          <span className={classes['key']} data-kind="income">
            {t('dashboard.income')} <MoneyText minor={shown.incomeMinor} currency={currency} />
          </span>
          <span className={classes['key']} data-kind="expense">
            {t('dashboard.expense')} <MoneyText minor={shown.expenseMinor} currency={currency} />
          </span>
        </div>
      )}
      <div className={classes['chart']} onPointerLeave={() => setChosen(null)} aria-hidden>
        {LINES.map((part) => (
          <span
            key={part}
            className={classes['line']}
            style={{ bottom: `calc(22px + (100% - 22px) * ${part})` }}
          >
            <span>{formatMoneyCompact(Math.round(top * part), currency, locale)}</span>
          </span>
        ))}
        <div className={classes['bars']}>
          {months.map(({ month, incomeMinor, expenseMinor }, index) => (
            <div
              key={month}
              className={classes['column']}
              data-chosen={index === (chosen ?? months.length - 1) || undefined}
              onPointerEnter={() => setChosen(index)}
            >
              <div className={classes['pair']}>
                <span data-kind="income" style={{ height: height(incomeMinor) }} />
                <span data-kind="expense" style={{ height: height(expenseMinor) }} />
              </div>
              <span className={classes['label']}>{formatMonth(month, locale, 'short').replace('.', '')}</span>
            </div>
          ))}
        </div>
      </div>
      <VisuallyHidden>
        <table>
          <caption>{t('dashboard.months')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('common.month')}</th>
              <th scope="col">{t('dashboard.income')}</th>
              <th scope="col">{t('dashboard.expense')}</th>
              <th scope="col">{t('dashboard.net')}</th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => (
              <tr key={month.month}>
                <th scope="row">
                  <MonthText month={month.month} />
                </th>
                <td>
                  <MoneyText minor={month.incomeMinor} currency={currency} />
                </td>
                <td>
                  <MoneyText minor={month.expenseMinor} currency={currency} />
                </td>
                <td>
                  <MoneyText minor={month.netMinor} currency={currency} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </div>
  )
}
