import { Link } from '@tanstack/react-router'
import type { SummaryBlock } from '@chronos/contracts/reports'
import { useTranslation } from 'react-i18next'
import { MoneyText } from '../../components/money-text.tsx'
import { PercentText } from '../../components/percent-text.tsx'
import { firstDayOf, lastDayOf } from '../../lib/date-format.ts'
import { colorOf } from '../categories/category-color.ts'
import { CategoryLabel } from '../categories/category-label.tsx'
import { useCategories } from '../categories/category-queries.ts'
import { spendingOf } from './spending.ts'
import classes from './spending-chart.module.css'

const SHOWN = 6

interface SpendingChartProps {
  block: SummaryBlock
  month: string
  /** Names its currency: a further one, below the first. */
  titled: boolean
}

/** Where the month's money went: each bar leads to its transactions. */
export function SpendingChart({ block, month, titled }: SpendingChartProps) {
  const { t } = useTranslation()
  const categories = useCategories().data ?? []
  const parts = spendingOf(block, categories, SHOWN)
  const most = parts[0]?.amountMinor ?? 1
  const days = { from: firstDayOf(month), to: lastDayOf(month) }
  const list = (
    <ul className={classes['chart']}>
      {parts.map(({ category, categoryId, amountMinor, percent }) => (
        <li key={categoryId}>
          <Link
            className={classes['part']}
            to="/transactions"
            search={categoryId === null ? { uncategorized: 'true', ...days } : { categoryId, ...days }}
          >
            <span className={classes['name']}>
              <CategoryLabel category={category} />
            </span>
            <span className={classes['amount']}>
              <MoneyText minor={amountMinor} currency={block.currency} />
            </span>
            <span className={classes['track']} aria-hidden>
              <span
                style={{
                  width: `${Math.max(1.5, (amountMinor / most) * 100)}%`,
                  background: colorOf(category),
                }}
              />
            </span>
            <span className={classes['percent']}>
              <PercentText percent={percent} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
  if (!titled) return list
  return (
    <>
      <h3 className={classes['further']}>{t('dashboard.in_currency', { currency: block.currency })}</h3>
      {list}
    </>
  )
}
