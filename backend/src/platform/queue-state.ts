/** How many jobs wait in each queue, and for how long; asked with the control login whenever somebody measures. */
import type { ControlQueries } from './control.ts'

export interface QueueState {
  queue: string
  waiting: number
  /** Of the job that waits longest; 0 where none waits. */
  oldestSeconds: number
}

/** Every queue that there is, the empty ones too. Jobs that are to start later do not wait yet. */
export function queueStates(control: ControlQueries): Promise<QueueState[]> {
  return control.query<QueueState>(`
    select q.name as queue, count(j.id)::int as waiting,
      coalesce(extract(epoch from now() - min(j.start_after)), 0)::float8 as "oldestSeconds"
    from pgboss.queue q
    left join pgboss.job j on j.name = q.name and j.state in ('created', 'retry') and j.start_after <= now()
    group by q.name order by q.name`)
}

/** A job that could start and did not for so long: nobody works, or not enough. The longest job may take as long. */
export const STUCK_SECONDS = 900

export interface WorkState {
  /** Workers that gave a sign of life in the last minute or two. */
  workers: number
  /** The queue whose first job waits longest, where one waits too long. */
  stuck: { queue: string; seconds: number } | null
}

export type WorkHealth = 'up' | 'stuck' | 'no worker'

/** One step into an index for each queue, however many jobs wait. */
export async function workState(control: ControlQueries): Promise<WorkState> {
  const [row] = await control.query<{ workers: number; queue: string | null; seconds: number | null }>(`
    select (select count(*)::int from pgboss.instance i
        where i.stopped_on is null and i.heartbeat_on > now() - 3 * i.heartbeat_seconds * interval '1 second') as workers,
      late.queue, late.seconds
    from (select 1) as one
    left join lateral (
      select q.name as queue, extract(epoch from now() - first.start_after)::float8 as seconds
      from pgboss.queue q
      cross join lateral (select j.start_after from pgboss.job j
        where j.name = q.name and j.state in ('created', 'retry') and j.start_after <= now()
        order by j.start_after limit 1) as first
      where first.start_after < now() - ${STUCK_SECONDS} * interval '1 second'
      order by first.start_after limit 1) as late on true`)
  const { workers = 0, queue = null, seconds = null } = row ?? {}
  return { workers, stuck: queue === null ? null : { queue, seconds: seconds ?? 0 } }
}

export function workHealth({ workers, stuck }: WorkState): WorkHealth {
  if (workers === 0) return 'no worker'
  return stuck === null ? 'up' : 'stuck'
}
