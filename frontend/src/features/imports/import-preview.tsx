import { Skeleton } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import type { ImportRow } from '@chronos/contracts/imports'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { DateText } from '../../components/date-text.tsx'
import { LoadMore } from '../../components/load-more.tsx'
import { MoneyText } from '../../components/money-text.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useSession, useTenantId } from '../../lib/session.tsx'
import { CategoryLabel } from '../categories/category-label.tsx'
import { useCategoryOf } from '../categories/category-queries.ts'
import { importRowsQuery } from './import-queries.ts'
import classes from './imports.module.css'

const ROW = 42

/** The rows as they will be booked, however many. */
export function ImportPreview({ id }: { id: string }) {
  const query = useInfiniteQuery(importRowsQuery(useTenantId(), id))
  return (
    <QueryView query={query} skeleton={<Skeleton h="min(56vh, 520px)" />}>
      {(data) => (
        <>
          <Rows
            rows={data.pages.flatMap((page) => page.items)}
            hasMore={query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError}
            onMore={() => void query.fetchNextPage()}
          />
          {query.isFetchNextPageError && <LoadMore query={query} />}
        </>
      )}
    </QueryView>
  )
}

function Rows({ rows, hasMore, onMore }: { rows: ImportRow[]; hasMore: boolean; onMore: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const categoryOf = useCategoryOf()
  const box = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && last > rows.length - 30) onMore()
  })
  return (
    <div
      ref={box}
      className={classes['preview']}
      style={{ height: hasMore ? undefined : rows.length * ROW + 2 }}
      role="table"
      aria-label={t('import.preview')}
      aria-rowcount={hasMore ? -1 : rows.length}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows[index]
          if (!row) return null
          return (
            <div
              key={index}
              role="row"
              className={classes['row']}
              data-state={row.state}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span role="cell">
                <DateText date={row.occurredOn} style="short" />
              </span>
              <span role="cell" title={row.description}>
                {row.description}
              </span>
              <span role="cell" data-wide>
                <CategoryLabel category={categoryOf(row.categoryId)} />
              </span>
              <span role="cell" data-wide>
                <span className={classes['state']} data-state={row.state}>
                  {t(`import.row.${row.state}`)}
                </span>
              </span>
              <span role="cell" className={classes['amount']}>
                <MoneyText minor={row.amountMinor} currency={row.currency ?? tenant.currency} tone="flow" />
              </span>
            </div>
          )
        })}
      </div>
    </div>
  )
}
