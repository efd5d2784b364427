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
