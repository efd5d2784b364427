import type { EndpointSpec, EndpointResponse } from '@chronos/contracts/endpoint'

/** Follows the cursors of a short list (accounts, budgets) to its end. Long lists page as the person scrolls. */
export async function listAll<T>(
  fetchPage: (cursor: string | undefined) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = await fetchPage(cursor)
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}

/** One item of a list endpoint's answer. */
export type ItemOf<E extends EndpointSpec> = EndpointResponse<E> extends { items: (infer I)[] } ? I : never
