import { Loader, Skeleton, VisuallyHidden } from '@mantine/core'
import type { Transaction } from '@chronos/contracts/transactions'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { DayText } from '../../components/date-text.tsx'
import { rowsOf } from './list-rows.ts'
import classes from './transaction-list.module.css'
import { TransactionRow } from './transaction-row.tsx'

interface TransactionListProps {
  transactions: readonly Transaction[]
  /** Phones have two lines per transaction and a heading per day. */
  compact: boolean
  hasMore: boolean
  isLoadingMore: boolean
  onMore: () => void
  onOpen: (id: string) => void
}

const ROW = { compact: 66, wide: 46, day: 38 } as const

/** Draws only what is on screen, however many there are, and asks for more before the end is reached. */
export function TransactionList(props: TransactionListProps) {
  const { transactions, compact, hasMore, isLoadingMore, onMore, onOpen } = props
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)
  const [offset, setOffset] = useState(0)
  const rows = rowsOf(transactions, compact)
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === 'day' ? ROW.day : compact ? ROW.compact : ROW.wide),
    getItemKey: (index) => {
      const row = rows[index]
      return row === undefined ? index : row.kind === 'day' ? row.date : row.transaction.id
    },
    overscan: 14,
    scrollMargin: offset,
  })
  useLayoutEffect(() => {
    const top = list.current?.getBoundingClientRect().top
    if (top !== undefined) setOffset(top + window.scrollY)
  }, [compact])
  useEffect(() => virtualizer.measure(), [virtualizer, compact])
  const items = virtualizer.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !isLoadingMore && lastShown > rows.length - 40) onMore()
  }, [hasMore, isLoadingMore, lastShown, rows.length, onMore])

  const moveBy = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const row = (event.target as HTMLElement).closest('[data-index]')
    if (step === 0 || !row) return
    event.preventDefault()
    let index = Number(row.getAttribute('data-index')) + step
    if (rows[index]?.kind === 'day') index += step
    virtualizer.scrollToIndex(index, { align: 'auto' })
    requestAnimationFrame(() =>
      list.current
        ?.querySelector<HTMLElement>(`[data-index="${index}"] button`)
        ?.focus({ preventScroll: true }),
    )
  }

  return (
    <>
      <div
        role="table"
        aria-label={t('transactions.title')}
        aria-rowcount={hasMore ? -1 : transactions.length}
        className={classes['table']}
        data-compact={compact || undefined}
      >
        <div role="rowgroup" className={compact ? (classes['hidden'] ?? '') : ''}>
          <div role="row" className={classes['head']}>
            <span role="columnheader">{t('transactions.date')}</span>
            <span role="columnheader">{t('transactions.description')}</span>
            <span role="columnheader">{t('transactions.category')}</span>
            <span role="columnheader">{t('transactions.account')}</span>
            <span role="columnheader">{t('transactions.amount')}</span>
          </div>
        </div>
        <div
          role="rowgroup"
          ref={list}
          className={classes['body']}
          style={{ height: virtualizer.getTotalSize() }}
        >
          {items.map(({ index, start, size, key }) => {
            const row = rows[index]
            if (row === undefined) return null
            const place = { height: size, transform: `translateY(${start - offset}px)` }
            if (row.kind === 'day')
              return (
                <div key={key} role="row" className={classes['day']} style={place} data-index={index}>
                  <span role="cell">
                    <DayText date={row.date} />
                  </span>
                </div>
              )
            return (
              <div key={key} role="row" className={classes['row']} style={place} data-index={index}>
                <TransactionRow
                  transaction={row.transaction}
                  first={row.first}
                  onOpen={onOpen}
                  onKeyDown={moveBy}
                />
              </div>
            )
          })}
        </div>
      </div>
      {hasMore && (
        <div className={classes['more']} role="status">
          <Loader size="sm" type="dots" aria-hidden />
          <VisuallyHidden>{t('common.loading')}</VisuallyHidden>
        </div>
      )}
    </>
  )
}

/** As tall as the rows to come. */
export function TransactionListSkeleton({ compact }: { compact: boolean }) {
  return (
    <div className={classes['table']} data-compact={compact || undefined}>
      {Array.from({ length: 10 }, (_, row) => (
        <div key={row} className={classes['ghost']}>
          <Skeleton h={14} w={`${30 + ((row * 17) % 30)}%`} />
          <Skeleton h={14} w={90} />
        </div>
      ))}
    </div>
  )
}
