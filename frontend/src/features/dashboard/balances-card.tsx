import { Card, Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { AccountIcon } from '../../components/account-icon.tsx'
import { MoneyText } from '../../components/money-text.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useSession } from '../../lib/session.tsx'
import { totalsOf } from '../accounts/account-groups.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import { CardHead } from './card-head.tsx'
import classes from './cards.module.css'

/** Each account's balance and what they come to, per currency. */
export function BalancesCard() {
  const { t } = useTranslation()
  const { tenant } = useSession()
  return (
    <Card>
      <CardHead title={t('dashboard.balances')} to="/accounts" />
      <QueryView query={useAccounts()} skeleton={<Skeleton h={160} />}>
        {(accounts) => (
          <>
            <ul className={classes['list']}>
              {accounts.map((account) => (
                <li key={account.id}>
                  <Link className={classes['item']} to="/transactions" search={{ accountId: account.id }}>
                    <span className={classes['soft']}>
                      <AccountIcon type={account.type} />
                    </span>
                    <span className={classes['grow']}>{account.name}</span>
                    <MoneyText minor={account.balanceMinor} currency={account.currency} tone="balance" />
                  </Link>
                </li>
              ))}
            </ul>
            <div className={classes['total']}>
              <span>{t('dashboard.total')}</span>
              <span>
                {totalsOf(accounts, tenant.currency).map(({ currency, totalMinor }) => (
                  <MoneyText key={currency} minor={totalMinor} currency={currency} tone="balance" />
                ))}
              </span>
            </div>
          </>
        )}
      </QueryView>
    </Card>
  )
}
