import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { retryFailed } from '../lib/query-client.ts'
import { ErrorNotice } from './error-notice.tsx'

interface QueryViewProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error'>
  /** As tall as what will come, so that nothing moves. */
  skeleton: ReactNode
  isEmpty?: (data: T) => boolean
  empty?: ReactNode
  children: (data: T) => ReactNode
}

/** The four states of what the server knows: loading, failed, empty, there. Old data stays while new is on its way. */
export function QueryView<T>({ query, skeleton, isEmpty, empty, children }: QueryViewProps<T>) {
  if (query.data === undefined) {
    if (query.error) return <ErrorNotice error={query.error} onRetry={retryFailed} />
    return <div aria-busy="true">{skeleton}</div>
  }
  if (empty !== undefined && isEmpty?.(query.data) === true) return empty
  return children(query.data)
}
