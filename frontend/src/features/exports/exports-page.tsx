import { Alert, Button, Card, Skeleton, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { EmptyNotice } from '../../components/empty-notice.tsx'
import { IconDownload } from '../../components/icons.ts'
import { LoadMore } from '../../components/load-more.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { QueryView } from '../../components/query-view.tsx'
import { useSession } from '../../lib/session.tsx'
import { useWorkspace } from '../workspace/workspace-queries.ts'
import { useExports, useMakeExport } from './export-queries.ts'
import { ExportRow } from './export-row.tsx'
import { isUnderWay } from './export-state.ts'
import classes from './exports.module.css'

/** Everything of the workspace that one may see, as a file to take away. */
export function ExportsPage() {
  const { t } = useTranslation()
  const { user, hiddenAccounts } = useSession()
  const query = useExports()
  const make = useMakeExport()
  const off = useWorkspace().data?.features.exports === false
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  const busy = items.some(isUnderWay)
  const button = user.emailVerified && !off && (
    <Button
      leftSection={<IconDownload size={16} aria-hidden />}
      loading={make.isPending}
      disabled={busy}
      onClick={() => make.mutate()}
    >
      {t('exports.make')}
    </Button>
  )
  return (
    <>
      <PageHeader
        title={t('exports.title')}
        hint={t(hiddenAccounts ? 'exports.hint_hidden' : 'exports.hint')}
      >
        {items.length > 0 && button}
      </PageHeader>
      <Stack maw={760}>
        {!user.emailVerified && (
          <Alert color="maracuja" variant="light">
            {t('exports.verify_first')}
          </Alert>
        )}
        {off && (
          <Alert color="maracuja" variant="light">
            {t('exports.off')}
          </Alert>
        )}
        <Card p="xs">
          <QueryView
            query={query}
            skeleton={
              <Stack gap="xs" p="xs">
                <Skeleton h={54} />
                <Skeleton h={54} />
              </Stack>
            }
            isEmpty={() => items.length === 0}
            empty={
              <EmptyNotice icon={<IconDownload />} title={t('exports.empty')} hint={t('exports.empty_hint')}>
                {button}
              </EmptyNotice>
            }
          >
            {() => (
              <>
                <ul className={classes['list']} aria-live="polite">
                  {items.map((item) => (
                    <ExportRow key={item.id} item={item} at={query.dataUpdatedAt} />
                  ))}
                </ul>
                <LoadMore query={query} />
              </>
            )}
          </QueryView>
        </Card>
      </Stack>
    </>
  )
}
