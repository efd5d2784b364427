/**
 * What is asked at every scrape and not between them: the connections of a process, and the whole server's queues,
 * workers, backups, archive and workspaces, which every process tells alike (take `max`, not `sum`).
 */
import { Gauge, type Registry } from 'prom-client'
import { backupState } from '../platform/backup-state.ts'
import type { ControlQueries } from '../platform/control.ts'
import { queueStates, workState } from '../platform/queue-state.ts'
import { walArchiveState } from '../platform/wal-archive.ts'

export interface PoolUse {
  pool: string
  total: number
  idle: number
  /** Requests that wait for a connection. */
  waiting: number
}

export interface ServerMeasureDeps {
  control: ControlQueries
  poolUse(): PoolUse[]
  /** Read replicas; null is one that is left alone. */
  replicaStates?(): { name: string; lagMs: number | null }[]
}

/** @param aggregator what is made of the values of several processes */
type MakeGauge = (
  name: string,
  help: string,
  labelNames?: readonly string[],
  aggregator?: 'sum' | 'min' | 'max',
) => Gauge

function gaugesOf(registry: Registry): MakeGauge {
  return (name, help, labelNames = [], aggregator = 'sum') =>
    new Gauge({ name, help, labelNames: [...labelNames], aggregator, registers: [registry] })
}

/** What this process holds open. @returns what is to be called before the registry is printed */
export function measureConnections(
  registry: Registry,
  { poolUse, replicaStates }: Pick<ServerMeasureDeps, 'poolUse' | 'replicaStates'>,
): () => void {
  const gauge = gaugesOf(registry)
  const connections = gauge(
    'chronos_database_connections',
    'Connections by pool and state; waiting are requests without one',
    ['pool', 'state'],
  )
  const replicaUsed = gauge(
    'chronos_replica_used',
    '1 while reads that may lag go to this replica',
    ['replica'],
    'min',
  )
  const replicaLag = gauge(
    'chronos_replica_lag_seconds',
    'How far a replica that is used is behind at most',
    ['replica'],
    'max',
  )
  return () => {
    for (const { pool, total, idle, waiting } of poolUse()) {
      connections.set({ pool, state: 'used' }, total - idle)
      connections.set({ pool, state: 'idle' }, idle)
      connections.set({ pool, state: 'waiting' }, waiting)
    }
    for (const { name: replica, lagMs } of replicaStates?.() ?? []) {
      replicaUsed.set({ replica }, lagMs === null ? 0 : 1)
      if (lagMs !== null) replicaLag.set({ replica }, lagMs / 1000)
    }
  }
}

/**
 * @returns what is to be awaited before the registry is printed: a gauge that another one's `collect` sets is printed
 *   before it is set
 */
export function measureServer(registry: Registry, control: ControlQueries): () => Promise<void> {
  const gauge = gaugesOf(registry)
  const up = gauge('chronos_database_up', '1 while the database answers')
  const asked = [measureQueues(gauge), measureBackups(gauge), measureArchive(gauge), measureWorkspaces(gauge)]
  return async () => {
    // A database that is down is one of the things to be seen here, so it does not take the rest away.
    const answers = await Promise.allSettled(asked.map((ask) => ask(control)))
    up.set(answers.every(({ status }) => status === 'fulfilled') ? 1 : 0)
  }
}

type Ask = (control: ControlQueries) => Promise<void>

function measureQueues(gauge: MakeGauge): Ask {
  const waiting = gauge('chronos_queue_waiting', 'Jobs that wait for a worker', ['queue'])
  const oldest = gauge('chronos_queue_oldest_seconds', 'Age of the job that waits longest', ['queue'])
  const workers = gauge('chronos_workers', 'Processes that take jobs and gave a sign of life')
  return async (control) => {
    const [states, work] = await Promise.all([queueStates(control), workState(control)])
    for (const state of states) {
      waiting.set({ queue: state.queue }, state.waiting)
      oldest.set({ queue: state.queue }, state.oldestSeconds)
    }
    workers.set(work.workers)
  }
}

function measureBackups(gauge: MakeGauge): Ask {
  const age = gauge(
    'chronos_backup_age_seconds',
    'Age of the last good backup; no sample where there is none',
  )
  const size = gauge('chronos_backup_size_bytes', 'Size of the last good backup')
  const seconds = gauge('chronos_backup_duration_seconds', 'How long the last good backup took')
  const ok = gauge('chronos_backup_last_ok', '1 where the last try was good; no sample before the first')
  return async (control) => {
    const state = await backupState(control)
    for (const each of [age, size, seconds, ok]) each.remove()
    if (state.lastOk !== null) ok.set(state.lastOk ? 1 : 0)
    if (state.ageSeconds === null) return
    age.set(state.ageSeconds)
    size.set(state.sizeBytes)
    seconds.set(state.durationSeconds)
  }
}

function measureArchive(gauge: MakeGauge): Ask {
  const archiving = gauge('chronos_wal_archiving', '1 where the server archives its WAL')
  const waiting = gauge('chronos_wal_waiting_files', 'Whole files of WAL that are not archived')
  const late = gauge('chronos_wal_late_seconds', 'Since the last file was archived, where some wait; else 0')
  const failing = gauge('chronos_wal_archive_failing', '1 where the last try to archive a file failed')
  return async (control) => {
    const state = await walArchiveState(control)
    archiving.set(state === null ? 0 : 1)
    waiting.set(state?.waitingFiles ?? 0)
    late.set(state?.lateSeconds ?? 0)
    failing.set(state?.isFailing === true ? 1 : 0)
  }
}

function measureWorkspaces(gauge: MakeGauge): Ask {
  const workspaces = gauge('chronos_workspaces', 'Workspaces by state', ['status'])
  return async (control) => {
    const rows = await control.query<{ status: string; n: number }>(
      'select status, count(*)::int as n from control.registered_tenants group by status',
    )
    workspaces.reset()
    for (const { status, n } of rows) workspaces.set({ status }, n)
  }
}
