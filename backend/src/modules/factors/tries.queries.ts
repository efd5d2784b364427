/** Wrong proofs in a row (control plane). */
import type { ControlQueries } from '../../platform/control.ts'

/**
 * Counts a try before it is looked at, so that many at once gain nothing. From the third wrong one in a row on, each
 * doubles the wait: 2 s, 4 s and so on up to a quarter of an hour; after a day without one, counting starts anew.
 * @returns null where the try is taken, else when the next one will be
 */
export async function reserveTry(
  queries: ControlQueries,
  identityId: string,
  now: Date,
): Promise<Date | null> {
  const taken = await queries.query(
    `insert into control.factor_tries as t (identity_id, wrong, free_at) values ($1, 1, $2)
     on conflict (identity_id) do update set
       wrong = case when t.free_at < $2 - interval '1 day' then 1 else t.wrong + 1 end,
       free_at = case when t.wrong < 2 or t.free_at < $2 - interval '1 day' then $2
         else $2 + least(900, power(2, least(t.wrong - 1, 12))) * interval '1 second' end
     where t.free_at <= $2 returning wrong`,
    identityId,
    now,
  )
  if (taken.length === 1) return null
  const [row] = await queries.query<{ free_at: string }>(
    'select free_at from control.factor_tries where identity_id = $1',
    identityId,
  )
  // A right answer elsewhere has just deleted the row: come again at once.
  return row ? new Date(row.free_at) : now
}

export async function clearTries(queries: ControlQueries, identityId: string): Promise<void> {
  await queries.query('delete from control.factor_tries where identity_id = $1', identityId)
}
