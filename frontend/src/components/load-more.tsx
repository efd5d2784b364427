import { Button } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from './error-notice.tsx'

type Pages = Pick<
  UseInfiniteQueryResult,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'error' | 'fetchNextPage'
>

/**
 * Where a list goes on: a button, and in its place what went wrong where the next part did not come.
 * @param label in the place of "Load more"
 */
export function LoadMore({ query, label }: { query: Pages; label?: string }) {
  const { t } = useTranslation()
  const more = (): void => void query.fetchNextPage()
  if (query.isFetchNextPageError) return <ErrorNotice error={query.error} onRetry={more} />
  if (!query.hasNextPage) return null
  return (
    <Button variant="subtle" fullWidth loading={query.isFetchingNextPage} onClick={more}>
      {label ?? t('common.load_more')}
    </Button>
  )
}
