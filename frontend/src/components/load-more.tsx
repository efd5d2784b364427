import { Button } from '@mantine/core'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from './error-notice.tsx'

type Pages = Pick<
  UseInfiniteQueryResult,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'error' | 'fetchNextPage'
>

/** Below a list that goes on; where the next part did not come, it says so in the button's place. */
export function LoadMore({ query }: { query: Pages }) {
  const { t } = useTranslation()
  const more = (): void => void query.fetchNextPage()
  if (query.isFetchNextPageError) return <ErrorNotice error={query.error} onRetry={more} />
  if (!query.hasNextPage) return null
  return (
    <Button variant="subtle" fullWidth loading={query.isFetchingNextPage} onClick={more}>
      {t('common.load_more')}
    </Button>
  )
}
