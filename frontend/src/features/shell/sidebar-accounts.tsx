import { Skeleton, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { MoneyText } from '../../components/money-text.tsx'
import { useSession } from '../../lib/session.tsx'
import { groupAccounts } from '../accounts/account-groups.ts'
import { useAccounts } from '../accounts/account-queries.ts'
import classes from './sidebar.module.css'

/** How much there is, without a click: each account, grouped, with totals per currency. */
export function SidebarAccounts() {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const { data } = useAccounts()
  if (data === undefined)
    return (
      <Stack className={classes['accounts'] ?? ''} gap={12} opacity={0.15} aria-hidden>
        {[1, 2, 3, 4].map((row) => (
          <Skeleton key={row} h={14} animate={false} />
        ))}
      </Stack>
    )
  return (
    <nav className={classes['accounts']} aria-label={t('nav.account_balances')}>
      {groupAccounts(data, tenant.currency).map((group) => (
        <section key={group.name}>
          <div className={classes['group']}>
            <span>{t(`accounts.group.${group.name}`)}</span>
            <span className={classes['totals']}>
              {group.totals.map(({ currency, totalMinor }) => (
                <MoneyText key={currency} minor={totalMinor} currency={currency} />
              ))}
            </span>
          </div>
          {group.accounts.map((account) => (
            <Link
              key={account.id}
              to="/transactions"
              search={{ accountId: account.id }}
              className={classes['account']}
              activeProps={{ 'data-active': true }}
              activeOptions={{ includeSearch: true }}
            >
              <span title={account.name}>{account.name}</span>
              <MoneyText
                minor={account.balanceMinor}
                currency={account.currency}
                className={account.balanceMinor < 0 ? (classes['debt'] ?? '') : ''}
              />
            </Link>
          ))}
        </section>
      ))}
    </nav>
  )
}
