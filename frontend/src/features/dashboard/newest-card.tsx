import { Button, Card, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Transaction } from '@chronos/contracts/transactions'
import { useTranslation } from 'react-i18next'
import { DateText } from '../../components/date-text.tsx'
import { IconTransfer } from '../../components/icons.ts'
import { MoneyText } from '../../components/money-text.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import { CategoryDot } from '../categories/category-dot.tsx'
import { useCategoryOf } from '../categories/category-queries.ts'
import { newestTransactionsQuery } from '../transactions/transaction-queries.ts'
import { CardHead } from './card-head.tsx'
import classes from './cards.module.css'

const SHOWN = 8

/** What happened last, wherever it was written. */
export function NewestCard() {
  const { t } = useTranslation()
  const query = useQuery(newestTransactionsQuery(useTenantId(), SHOWN))
  return (
    <Card>
      <CardHead title={t('dashboard.newest')} to="/transactions" />
      <QueryView
        query={query}
        skeleton={
          <Stack gap={2}>
            {Array.from({ length: SHOWN }, (_, row) => (
              <Skeleton key={row} h={48} />
            ))}
          </Stack>
        }
        isEmpty={(page) => page.items.length === 0}
        empty={
          <Stack align="flex-start" gap="sm">
            <Text c="dimmed" size="sm">
              {t('dashboard.no_transactions')}
            </Text>
            <Button variant="light" component={Link} to="/import">
              {t('dashboard.import_statement')}
            </Button>
          </Stack>
        }
      >
        {(page) => (
          <ul className={classes['list']}>
            {page.items.map((transaction) => (
              <li key={transaction.id}>
                <NewestItem transaction={transaction} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Card>
  )
}

function NewestItem({ transaction }: { transaction: Transaction }) {
  const { t } = useTranslation()
  const category = useCategoryOf()(transaction.categoryId)
  const kind =
    transaction.transferId !== null
      ? t('transactions.transfer')
      : transaction.lines.length > 1
        ? t('transactions.split_of', { count: transaction.lines.length })
        : (category?.name ?? t('categories.none'))
  return (
    <Link className={classes['item']} to="." search={(before) => ({ ...before, tx: transaction.id })}>
      {transaction.transferId === null ? (
        <CategoryDot category={category} />
      ) : (
        <IconTransfer size={14} className={classes['swap']} aria-hidden />
      )}
      <span className={classes['two']}>
        <span>{transaction.description}</span>
        <span>
          <DateText date={transaction.occurredOn} style="short" /> · {kind}
        </span>
      </span>
      <MoneyText minor={transaction.amountMinor} currency={transaction.currency} tone="flow" />
    </Link>
  )
}
