import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconPlus, IconSearch, IconTransactions } from '../../components/icons.ts'
import { LoadMore } from '../../components/load-more.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useCan, useTenantId } from '../../lib/session.tsx'
import { useAccountOf, useAccounts } from '../accounts/account-queries.ts'
import { useOpenTransaction } from '../shell/use-open-transaction.ts'
import { FilterBar } from './filter-bar.tsx'
import { QuickAdd } from './quick-add.tsx'
import { countFilters } from './transaction-filters.ts'
import type { TransactionFilters } from './transaction-filters.ts'
import { TransactionList, TransactionListSkeleton } from './transaction-list.tsx'
import { transactionsQuery } from './transaction-queries.ts'

export function TransactionsPage({ filters }: { filters: TransactionFilters }) {
  const { t } = useTranslation()
  const wide = useMediaQuery('(min-width: 48em)', undefined, { getInitialValueInEffect: false })
  const canWrite = useCan('ledger.write')
  const transaction = useOpenTransaction()
  const account = useAccountOf()(filters.accountId ?? '')
  const hasAccounts = useAccounts().data?.length !== 0
  const query = useInfiniteQuery({
    ...transactionsQuery(useTenantId(), filters),
    placeholderData: keepPreviousData,
  })
  const { fetchNextPage } = query
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  return (
    <>
      <PageHeader title={t('transactions.title')} hint={account?.name}>
        {canWrite && hasAccounts && (
          <Button
            visibleFrom="md"
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => void transaction.add('transfer')}
          >
            {t('transactions.new_transfer')}
          </Button>
        )}
      </PageHeader>
      <FilterBar filters={filters} />
      {wide && canWrite && hasAccounts && <QuickAdd accountId={filters.accountId} />}
      <QueryView
        query={query}
        skeleton={<TransactionListSkeleton compact={!wide} />}
        isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
        empty={<Nothing filtered={countFilters(filters) > 0} hasAccounts={hasAccounts} />}
      >
        {(data) => (
          <>
            <TransactionList
              transactions={data.pages.flatMap((page) => page.items)}
              compact={!wide}
              // After a failure it is for the person to ask again: by itself the list would, without an end.
              hasMore={query.hasNextPage && !query.isFetchNextPageError}
              isLoadingMore={query.isFetchingNextPage}
              onMore={more}
              onOpen={(id) => void transaction.open(id)}
            />
            {query.isFetchNextPageError && <LoadMore query={query} />}
          </>
        )}
      </QueryView>
    </>
  )
}

function Nothing({ filtered, hasAccounts }: { filtered: boolean; hasAccounts: boolean }) {
  const { t } = useTranslation()
  const transaction = useOpenTransaction()
  if (filtered)
    return (
      <EmptyNotice
        icon={<IconSearch />}
        title={t('transactions.nothing_matches')}
        hint={t('transactions.nothing_matches_hint')}
      >
        <Button variant="light" component={Link} to="/transactions">
          {t('transactions.clear_filters')}
        </Button>
      </EmptyNotice>
    )
  return (
    <EmptyNotice
      icon={<IconTransactions />}
      title={t('transactions.empty')}
      hint={t('transactions.empty_hint')}
    >
      {hasAccounts ? (
        <Button onClick={() => void transaction.add('expense')}>{t('nav.add')}</Button>
      ) : (
        <Button component={Link} to="/accounts">
          {t('accounts.add_first')}
        </Button>
      )}
      <Button variant="light" component={Link} to="/import">
        {t('nav.import')}
      </Button>
    </EmptyNotice>
  )
}
