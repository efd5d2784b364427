import type { Budget } from '@chronos/contracts/budgets'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { MoneyText } from '../../components/money-text.tsx'
import { PercentText } from '../../components/percent-text.tsx'
import { CategoryLabel } from '../categories/category-label.tsx'
import { useCategoryOf } from '../categories/category-queries.ts'
import { moodOf, spentPercent } from './budget-state.ts'
import classes from './budget-bar.module.css'

/** One budget: how much of it is gone, and what is left, in words and as a bar. */
export function BudgetBar({ budget, action }: { budget: Budget; action?: ReactNode }) {
  const { t } = useTranslation()
  const category = useCategoryOf()(budget.categoryId)
  const percent = spentPercent(budget)
  const mood = moodOf(budget)
  const name = category?.name ?? t('categories.none')
  return (
    <div className={classes['budget']} data-mood={mood}>
      <div className={classes['line']}>
        <CategoryLabel category={category} />
        <span className={classes['percent']}>
          <PercentText percent={percent} />
          {action}
        </span>
      </div>
      <div
        className={classes['track']}
        role="progressbar"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.round(percent))}
      >
        <div className={classes['fill']} style={{ width: `${Math.min(100, percent)}%` }} />
      </div>
      <div className={classes['line']}>
        <span className={classes['soft']}>
          <MoneyText minor={budget.spentMinor} currency={budget.currency} /> {t('budgets.of')}{' '}
          <MoneyText minor={budget.amountMinor} currency={budget.currency} />
        </span>
        <span className={classes['left']}>
          {t(mood === 'over' ? 'budgets.over_by' : 'budgets.left')}{' '}
          <MoneyText minor={Math.abs(budget.remainingMinor)} currency={budget.currency} />
        </span>
      </div>
    </div>
  )
}
