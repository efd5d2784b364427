import { Button, Card, Skeleton, Stack } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconAudit } from '../../components/icons.ts'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useTenantId } from '../../lib/session.tsx'
import { AuditEntry } from './audit-entry.tsx'
import { groupByRequest } from './audit-groups.ts'
import { auditQuery } from './audit-queries.ts'
import classes from './audit.module.css'

/** Who changed what, in sentences. */
export function AuditPage() {
  const { t } = useTranslation()
  const query = useInfiniteQuery(auditQuery(useTenantId()))
  return (
    <>
      <PageHeader title={t('audit.title')} hint={t('audit.hint')} />
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
          empty={<EmptyNotice icon={<IconAudit />} title={t('audit.empty')} />}
        >
          {(data) => (
            <>
              <ol className={classes['list']}>
                {groupByRequest(data.pages.flatMap((page) => page.items)).map(({ head, rest }) => (
                  <AuditEntry key={head.id} entry={head} rest={rest} />
                ))}
              </ol>
              {query.hasNextPage && (
                <Button
                  variant="subtle"
                  fullWidth
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t('common.load_more')}
                </Button>
              )}
            </>
          )}
        </QueryView>
      </Card>
    </>
  )
}
