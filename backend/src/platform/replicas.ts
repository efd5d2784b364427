/**
 * Read replicas (DATABASE_REPLICA_URLS). A read that says it may lag goes to one of them, and two things hold:
 *
 * - Who has written reads what was written. A tenant may be read from a replica while the store holds a permit for it.
 *   Each write deletes the permit before it is answered, and the fence that a delete leaves (store.ts) keeps everybody
 *   from putting it back for FENCE_MS. A replica is used only while it is known to lag less than that. No permit, as
 *   after a write or without Redis, is the primary.
 * - A replica that is slow, away, behind, or a server of its own by now takes nobody with it: what it does not answer in
 *   time is asked of the primary, and it is left alone until it has caught up.
 *
 * Lag is measured by positions, and not by what the replica says of time: a replica whose stream is cut believes itself
 * to be up to date. The primary's position is noted with the moment before it was asked for; whatever replica has
 * replayed that far has every commit answered before that moment.
 */
import type pg from 'pg'
import type { Log } from './log.ts'
import { FENCE_MS, type Store } from './store.ts'

/** With a measure that is MEASURE_AGE_MS old at most, what is read is older than this by no more than that. */
const MAX_LAG_MS = FENCE_MS / 4
const MEASURE_AGE_MS = FENCE_MS / 4
const MEASURE_EVERY_MS = 500
const MEASURE_TIMEOUT_MS = 2000
/** The longest that a read waits for a replica before the primary is asked. */
const READ_TIMEOUT_MS = 3000
const PERMIT_SECONDS = 60
/** Positions of the primary that are kept: those of the last minute. */
const POSITIONS = 120

export interface ReplicaState {
  name: string
  /** Milliseconds that it is behind at most; null while that is not known or it cannot be used. */
  lagMs: number | null
}

export interface Replicas {
  /** Runs a read on a replica where that is right, else on the primary. It may run on both, one after the other. */
  read<T>(tenantId: string, run: (pool: pg.Pool) => Promise<T>): Promise<T>
  /** To be waited for between a tenant's commit and its answer. Never throws. */
  wrote(tenantId: string): Promise<void>
  states(): ReplicaState[]
  close(): Promise<void>
}

export interface ReplicasOptions {
  primary: pg.Pool
  /** One of each replica, by what it is called in the log. */
  pools: ReadonlyMap<string, pg.Pool>
  store: Store
  log: Log
  /** Looks once at a server that has not been looked at. @throws Error where its login must not be used */
  check(pool: pg.Pool): Promise<void>
}

interface Replica {
  name: string
  pool: pg.Pool
  checked: boolean
  /** It has every commit that was answered before this moment; -Infinity while it cannot be used. */
  freshAt: number
  measuredAt: number
  reported: 'used' | 'left alone' | null
}

interface Position {
  /** Before the primary was asked. */
  at: number
  lsn: number
}

const permitKey = (tenantId: string): string => `${tenantId}:replica`

export function createReplicas(options: ReplicasOptions): Replicas {
  const { primary, store, log } = options
  const replicas = [...options.pools].map(([name, pool]): Replica => ({
    name,
    pool,
    checked: false,
    freshAt: -Infinity,
    measuredAt: -Infinity,
    reported: null,
  }))
  const positions: Position[] = []
  let next = 0
  let measuring: Promise<void> | null = null

  async function measure(): Promise<void> {
    const at = performance.now()
    try {
      const lsn = await positionOf(primary, 'pg_current_wal_insert_lsn()')
      positions.push({ at, lsn: lsn ?? Infinity })
      if (positions.length > POSITIONS) positions.shift()
    } catch {
      // Without the primary there is nothing to fall back to; what is known grows old.
    }
    await Promise.all(replicas.map((replica) => look(replica)))
  }

  async function look(replica: Replica): Promise<void> {
    try {
      if (!replica.checked) await withinMs(options.check(replica.pool), MEASURE_TIMEOUT_MS)
      replica.checked = true
      const at = performance.now()
      const lsn = await positionOf(replica.pool, 'pg_last_wal_replay_lsn()')
      if (lsn === null) throw new Error('it is no replica')
      replica.freshAt = positions.findLast((position) => position.lsn <= lsn)?.at ?? -Infinity
      replica.measuredAt = at
      report(replica)
    } catch (error) {
      replica.freshAt = -Infinity
      report(replica, error)
    }
  }

  function report(replica: Replica, error?: unknown): void {
    const state = isUsable(replica) ? 'used' : 'left alone'
    if (replica.reported === state) return
    replica.reported = state
    if (state === 'used') log.info({ replica: replica.name }, 'replica is used')
    else log.warn({ replica: replica.name, err: error }, 'replica is left alone: away, or too far behind')
  }

  function usable(): Replica | null {
    for (let tried = 0; tried < replicas.length; tried += 1) {
      next = (next + 1) % replicas.length
      const replica = replicas[next]
      if (replica && isUsable(replica)) return replica
    }
    return null
  }

  const timer = setInterval(() => {
    measuring ??= measure().finally(() => {
      measuring = null
    })
  }, MEASURE_EVERY_MS)
  timer.unref()

  return {
    async read(tenantId, run) {
      const replica = usable()
      if (replica === null) return run(primary)
      if ((await store.get(permitKey(tenantId))) === null) {
        const began = performance.now()
        const answer = await run(primary)
        // What took longer may have begun before a write whose fence is gone by now.
        if (performance.now() - began < FENCE_MS / 2)
          await store.set(permitKey(tenantId), '1', PERMIT_SECONDS)
        return answer
      }
      try {
        return await withinMs(run(replica.pool), READ_TIMEOUT_MS)
      } catch (error) {
        // Its own refusals (a conflict with what it replays) are asked of the primary too, which repeats what is true.
        if (!isAnswer(error)) {
          replica.freshAt = -Infinity
          report(replica, error)
        }
        return run(primary)
      }
    },
    wrote: (tenantId) => store.delete(permitKey(tenantId)),
    states: () =>
      replicas.map((replica) => ({
        name: replica.name,
        lagMs: isUsable(replica) ? Math.max(0, Math.round(performance.now() - replica.freshAt)) : null,
      })),
    async close() {
      clearInterval(timer)
      await measuring
      await Promise.all(replicas.map(({ pool }) => pool.end()))
    },
  }
}

function isUsable({ freshAt, measuredAt }: Replica): boolean {
  return measuredAt - freshAt <= MAX_LAG_MS && performance.now() - measuredAt <= MEASURE_AGE_MS
}

/** PostgreSQL itself said no; everything else is a connection that broke, or time that ran out. */
function isAnswer(error: unknown): boolean {
  return typeof (error as { severity?: unknown } | null)?.severity === 'string'
}

/** @returns the position in bytes; null where the server has none of that kind */
async function positionOf(
  pool: pg.Pool,
  of: 'pg_current_wal_insert_lsn()' | 'pg_last_wal_replay_lsn()',
): Promise<number | null> {
  const isReplica = of === 'pg_last_wal_replay_lsn()'
  const query = pool.query<{ lsn: number | null }>(
    `select case when pg_is_in_recovery() = $1 then pg_wal_lsn_diff(${of}, '0/0')::bigint end as lsn`,
    [isReplica],
  )
  const { rows } = await withinMs(query, MEASURE_TIMEOUT_MS)
  return rows[0]?.lsn ?? null
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
