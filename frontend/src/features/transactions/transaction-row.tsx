import type { Transaction } from '@chronos/contracts/transactions'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { DateText } from '../../components/date-text.tsx'
import { IconImport, IconSplit, IconTransfer, IconWhatsapp } from '../../components/icons.ts'
import { MoneyText } from '../../components/money-text.tsx'
import { useAccountOf } from '../accounts/account-queries.ts'
import { CategoryLabel } from '../categories/category-label.tsx'
import { useCategoryOf } from '../categories/category-queries.ts'
import classes from './transaction-list.module.css'

interface TransactionRowProps {
  transaction: Transaction
  /** Prints the date boldly: the first of its day. */
  first: boolean
  onOpen: (id: string) => void
  /** Arrow keys go from row to row. */
  onKeyDown: (event: KeyboardEvent) => void
}

/** The cells of one transaction; the description is what a keyboard opens it with. */
export function TransactionRow({ transaction, first, onOpen, onKeyDown }: TransactionRowProps) {
  const account = useAccountOf()(transaction.accountId)
  const { tags } = transaction
  return (
    <>
      <span role="cell" className={classes['date']} data-first={first || undefined}>
        <DateText date={transaction.occurredOn} style="short" />
      </span>
      <span role="cell" className={classes['what']}>
        <button
          type="button"
          className={classes['open']}
          onClick={() => onOpen(transaction.id)}
          onKeyDown={onKeyDown}
        >
          {transaction.description}
        </button>
        <SourceMark transaction={transaction} />
        {tags.map((tag) => (
          <span key={tag} className={classes['tag']}>
            {tag}
          </span>
        ))}
      </span>
      <span role="cell" className={classes['category']}>
        <CategoryCell transaction={transaction} />
      </span>
      <span role="cell" className={classes['account']}>
        {account?.name}
      </span>
      <span role="cell" className={classes['amount']}>
        <MoneyText minor={transaction.amountMinor} currency={transaction.currency} tone="flow" />
      </span>
    </>
  )
}

function CategoryCell({ transaction }: { transaction: Transaction }) {
  const { t } = useTranslation()
  const categoryOf = useCategoryOf()
  if (transaction.transferId !== null)
    return (
      <span className={classes['special']}>
        <IconTransfer size={14} aria-hidden /> {t('transactions.transfer')}
      </span>
    )
  if (transaction.lines.length > 1)
    return (
      <span className={classes['special']}>
        <IconSplit size={14} aria-hidden /> {t('transactions.split_of', { count: transaction.lines.length })}
      </span>
    )
  return <CategoryLabel category={categoryOf(transaction.categoryId)} />
}

function SourceMark({ transaction: { source } }: { transaction: Transaction }) {
  const { t } = useTranslation()
  if (source === 'whatsapp')
    return (
      <IconWhatsapp
        size={15}
        className={classes['source']}
        aria-label={t('transactions.by_whatsapp')}
        role="img"
      />
    )
  if (source === 'import')
    return (
      <IconImport
        size={15}
        className={classes['source']}
        aria-label={t('transactions.by_import')}
        role="img"
      />
    )
  return null
}
