/**
 * Recurring jobs. Time is cut into slots, by the database's clock, and a slot asks for its job once, however many
 * schedulers there are and however often they restart: the slot stands in the job as `singleton_on`, on which the queue
 * has a unique index. A slot whose predecessor's job still waits asks for nothing, so that workers that were away for
 * a day do not find a day of jobs.
 */
import type { Clock } from './clock.ts'
import type { ControlQueries } from './control.ts'
import type { QueueName } from './queues.ts'

export interface Schedule {
  queue: QueueName
  everySeconds: number
  /** Asked for in that hour of the day alone. */
  hourUtc?: number
}

export interface SchedulerDeps {
  control: ControlQueries
  clock: Clock
  /** Told after the job is in the queue. */
  asked(queue: QueueName): void
  failed(queue: QueueName, error: unknown): void
}

/** How often a scheduler looks; a job comes at most that late. */
const TICK_MS = 15_000

/** Asks at once and then every few seconds, until the returned function is called. */
export function startScheduler(schedules: readonly Schedule[], deps: SchedulerDeps): () => void {
  const tick = (): void => {
    for (const schedule of schedules) {
      askOnce(deps.control, schedule, deps.clock.now()).then(
        (isNew) => {
          if (isNew) deps.asked(schedule.queue)
        },
        (error: unknown) => deps.failed(schedule.queue, error),
      )
    }
  }
  tick()
  const timer = setInterval(tick, TICK_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** @returns whether this call put the job of the current slot into the queue */
export async function askOnce(
  control: ControlQueries,
  { queue, everySeconds, hourUtc }: Schedule,
  now: Date,
): Promise<boolean> {
  if (hourUtc !== undefined && now.getUTCHours() !== hourUtc) return false
  const rows = await control.query<{ id: string }>(
    `insert into pgboss.job (id, name, data, singleton_on, keep_until, retry_limit, retry_delay, retry_backoff,
       expire_seconds, deletion_seconds, policy)
     select gen_random_uuid(), q.name, '{"tenantId": null, "subjectId": null}'::jsonb,
       to_timestamp(floor(extract(epoch from now()) / $2::int) * $2::int) at time zone 'UTC',
       now() + q.retention_seconds * interval '1 second', q.retry_limit, q.retry_delay, q.retry_backoff,
       q.expire_seconds, greatest(q.deletion_seconds, $2::int * 2), q.policy
     from pgboss.queue q
     where q.name = $1 and not exists (select 1 from pgboss.job j where j.name = $1 and j.state < 'active')
     on conflict do nothing
     returning id::text`,
    queue,
    everySeconds,
  )
  return rows.length > 0
}
