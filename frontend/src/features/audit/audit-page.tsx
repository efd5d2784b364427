import { Card, Skeleton, Stack } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconAudit } from '../../components/icons.ts'
import { LoadMore } from '../../components/load-more.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import { AuditEntry } from './audit-entry.tsx'
import { AuditFilterBar } from './audit-filter-bar.tsx'
import { countAuditFilters } from './audit-filters.ts'
import type { AuditFilters } from './audit-filters.ts'
import { groupByRequest, peopleOf } from './audit-groups.ts'
import { auditQuery, useVerifyAudit } from './audit-queries.ts'
import { AuditTools, VerifyResult } from './audit-tools.tsx'
import classes from './audit.module.css'

/** Who changed what, in sentences; searched, checked, taken away. */
export function AuditPage({ filters }: { filters: AuditFilters }) {
  const { t } = useTranslation()
  const verify = useVerifyAudit()
  const query = useInfiniteQuery({
    ...auditQuery(useTenantId(), filters),
    placeholderData: keepPreviousData,
  })
  const narrowed = countAuditFilters(filters) > 0
  return (
    <>
      <PageHeader title={t('audit.title')} hint={t('audit.hint')}>
        <AuditTools filters={filters} verify={verify} />
      </PageHeader>
      <div className={classes['verdict']}>
        <VerifyResult verify={verify} />
      </div>
      <AuditFilterBar
        filters={filters}
        people={peopleOf(query.data?.pages.flatMap((page) => page.items) ?? [])}
      />
      <Card p="xs">
        <QueryView
          query={query}
          skeleton={
            <Stack gap="xs" p="xs">
              {Array.from({ length: 8 }, (_, row) => (
                <Skeleton key={row} h={44} />
              ))}
            </Stack>
          }
          isEmpty={(data) => data.pages.every((page) => page.items.length === 0)}
          empty={
            <EmptyNotice icon={<IconAudit />} title={t(narrowed ? 'audit.nothing_fits' : 'audit.empty')} />
          }
        >
          {(data) => (
            <>
              <ol className={classes['list']}>
                {groupByRequest(data.pages.flatMap((page) => page.items)).map(({ head, rest }) => (
                  <AuditEntry key={head.id} entry={head} rest={rest} />
                ))}
              </ol>
              <LoadMore query={query} />
            </>
          )}
        </QueryView>
      </Card>
    </>
  )
}
