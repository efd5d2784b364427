import { Button, Card, Skeleton, Stack } from '@mantine/core'
import type { Account } from '@chronos/contracts/accounts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from '@tanstack/react-router'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconPlus, IconWallet } from '../../components/icons.ts'
import { MoneyText } from '../../components/money-text.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan, useSession } from '../../lib/session.tsx'
import { AccountDialog } from './account-dialog.tsx'
import { groupAccounts, totalsOf } from './account-groups.ts'
import { useAccounts } from './account-queries.ts'
import { AccountRow } from './account-row.tsx'
import classes from './accounts-page.module.css'

export function AccountsPage() {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const canWrite = useCan('ledger.write')
  const [dialog, setDialog] = useState<{ account: Account | null } | null>(null)
  const add = canWrite && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDialog({ account: null })}>
      {t('accounts.add')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('accounts.title')}>{add}</PageHeader>
      <QueryView
        query={useAccounts()}
        skeleton={
          <Stack>
            <Skeleton h={56} w={260} />
            <Skeleton h={190} radius="lg" />
            <Skeleton h={120} radius="lg" />
          </Stack>
        }
        isEmpty={(accounts) => accounts.length === 0}
        empty={
          <EmptyNotice icon={<IconWallet />} title={t('accounts.empty')} hint={t('accounts.empty_hint')}>
            {add}
            <Button variant="light" component={Link} to="/import">
              {t('dashboard.import_statement')}
            </Button>
          </EmptyNotice>
        }
      >
        {(accounts) => (
          <>
            <dl className={classes['totals']} aria-label={t('dashboard.total')}>
              {totalsOf(accounts, tenant.currency).map(({ currency, totalMinor }) => (
                <div key={currency}>
                  <dt>{t('accounts.total_in', { currency })}</dt>
                  <dd>
                    <MoneyText minor={totalMinor} currency={currency} size="display" tone="balance" />
                  </dd>
                </div>
              ))}
            </dl>
            <Stack>
              {groupAccounts(accounts, tenant.currency).map((group) => (
                <Card key={group.name} p="xs" component="section" aria-labelledby={`group-${group.name}`}>
                  <header className={classes['group']}>
                    <h2 id={`group-${group.name}`}>{t(`accounts.group.${group.name}`)}</h2>
                    <span className={classes['subtotals']}>
                      {group.totals.map(({ currency, totalMinor }) => (
                        <MoneyText key={currency} minor={totalMinor} currency={currency} tone="balance" />
                      ))}
                    </span>
                  </header>
                  <ul className={classes['list']}>
                    {group.accounts.map((account) => (
                      <AccountRow
                        key={account.id}
                        account={account}
                        canWrite={canWrite}
                        onEdit={() => setDialog({ account })}
                      />
                    ))}
                  </ul>
                </Card>
              ))}
            </Stack>
          </>
        )}
      </QueryView>
      {dialog && <AccountDialog account={dialog.account} onClose={() => setDialog(null)} />}
    </>
  )
}
