import { Button, Drawer, SegmentedControl, Skeleton, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconWallet } from '../../components/icons.ts'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import type { Draft } from '../../routes/_app.tsx'
import { useAccounts } from '../accounts/account-queries.ts'
import { useOpenTransaction } from '../shell/use-open-transaction.ts'
import { EntryForm } from './entry-form.tsx'
import { transactionQuery } from './transaction-queries.ts'
import { TransferForm } from './transfer-form.tsx'

/** A transaction, or a new one, over the page one is on; which one stands in the address. */
export function TransactionDrawer() {
  const { t } = useTranslation()
  const { tx, add } = useSearch({ from: '/_app' })
  const { close, add: switchTo } = useOpenTransaction()
  // What was open last stays drawn while the drawer slides out.
  const [shown, setShown] = useState({ tx, add })
  if ((tx !== undefined || add !== undefined) && (tx !== shown.tx || add !== shown.add)) setShown({ tx, add })
  const opened = tx !== undefined || add !== undefined
  return (
    <Drawer
      opened={opened}
      onClose={() => void close()}
      title={t(shown.tx === undefined ? 'transactions.new' : 'transactions.edit')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {shown.tx !== undefined ? (
        <Existing key={shown.tx} id={shown.tx} opened={opened} onDone={() => void close()} />
      ) : (
        shown.add !== undefined && (
          <NewTransaction
            draft={shown.add}
            onDraftChange={(draft) => void switchTo(draft)}
            onDone={() => void close()}
          />
        )
      )}
    </Drawer>
  )
}

function Existing({ id, opened, onDone }: { id: string; opened: boolean; onDone: () => void }) {
  // While the drawer slides out, what was deleted in it is not asked for again.
  const query = useQuery({ ...transactionQuery(useTenantId(), id), enabled: opened })
  return (
    <QueryView
      query={query}
      skeleton={
        <Stack>
          {[1, 2, 3, 4, 5].map((row) => (
            <Skeleton key={row} h={58} />
          ))}
        </Stack>
      }
    >
      {(transaction) => <EntryForm transaction={transaction} onDone={onDone} />}
    </QueryView>
  )
}

interface NewTransactionProps {
  draft: Draft
  onDraftChange: (draft: Draft) => void
  onDone: () => void
}

function NewTransaction({ draft, onDraftChange, onDone }: NewTransactionProps) {
  const { t } = useTranslation()
  if (useAccounts().data?.length === 0)
    return (
      <EmptyNotice icon={<IconWallet />} title={t('accounts.empty')} hint={t('accounts.empty_hint')}>
        <Button component={Link} to="/accounts">
          {t('accounts.add_first')}
        </Button>
      </EmptyNotice>
    )
  return (
    <Stack>
      <SegmentedControl
        fullWidth
        aria-label={t('transactions.direction')}
        value={draft}
        onChange={(value) =>
          onDraftChange(value === 'income' ? 'income' : value === 'transfer' ? 'transfer' : 'expense')
        }
        data={[
          { value: 'expense', label: t('transactions.expense') },
          { value: 'income', label: t('transactions.income') },
          { value: 'transfer', label: t('transactions.transfer') },
        ]}
      />
      {draft === 'transfer' ? (
        <TransferForm onDone={onDone} />
      ) : (
        <EntryForm flow={draft} onFlowChange={onDraftChange} onDone={onDone} />
      )}
    </Stack>
  )
}
