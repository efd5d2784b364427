import type { Budget } from '@chronos/contracts/budgets'
import { useTranslation } from 'react-i18next'
import { MoneyText } from '../../components/money-text.tsx'
import classes from './budget-totals.module.css'

/** One equation per currency: planned, less spent, is left. */
export function BudgetTotals({ budgets }: { budgets: readonly Budget[] }) {
  const { t } = useTranslation()
  const currencies = [...new Set(budgets.map(({ currency }) => currency))]
  return (
    <div className={classes['totals']}>
      {currencies.map((currency) => {
        const own = budgets.filter((budget) => budget.currency === currency)
        const planned = own.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
        const spent = own.reduce((sum, { spentMinor }) => sum + spentMinor, 0)
        return (
          <dl key={currency} className={classes['equation']}>
            <div>
              <dt>{t('budgets.planned')}</dt>
              <dd>
                <MoneyText minor={planned} currency={currency} size="lead" />
              </dd>
            </div>
            <span aria-hidden>−</span>
            <div>
              <dt>{t('budgets.spent')}</dt>
              <dd>
                <MoneyText minor={spent} currency={currency} size="lead" />
              </dd>
            </div>
            <span aria-hidden>=</span>
            <div>
              <dt>{t('budgets.remaining')}</dt>
              <dd>
                <MoneyText minor={planned - spent} currency={currency} size="lead" tone="balance" />
              </dd>
            </div>
          </dl>
        )
      })}
    </div>
  )
}
