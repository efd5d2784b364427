import { z } from 'zod'

/** A list is always `{ items, nextCursor }`; a null cursor is the end. */
export function page<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

/** Query parts of every list: keyset cursors, never counts. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(500).optional().meta({ description: 'nextCursor of the page before' }),
}
