/**
 * `GET /health/live`: the process runs, and which version it is. `GET /health/ready`: 200 while PostgreSQL answers. All else is `degraded` in the
 * body and takes nobody out of service: a lost Redis, a worker that does not work, a backup that is old would take every
 * replica out at once, and so would WAL that is not archived. A process that was asked to end is not ready, answers all the same, and lets go of connections:
 * none is closed later as a request comes.
 *
 * Strangers reach both, as often as Nginx lets them. So what is not the readiness itself is asked of PostgreSQL once in a
 * few seconds for all of them, and the readiness by one at a time.
 */
import type { FastifyInstance } from 'fastify'
import { backupHealth, backupState, type BackupHealth } from '../platform/backup-state.ts'
import type { Clock } from '../platform/clock.ts'
import type { ControlQueries } from '../platform/control.ts'
import { keptAnswer } from '../platform/kept-answer.ts'
import { workHealth, workState, type WorkHealth } from '../platform/queue-state.ts'
import type { Store } from '../platform/store.ts'
import type { Version } from '../platform/version.ts'
import {
  createArchiveHealth,
  walArchiveState,
  type ArchiveHealth,
  type WalArchiveState,
} from '../platform/wal-archive.ts'

export interface HealthDeps {
  pingDatabase(): Promise<void>
  control: ControlQueries
  store: Store
  version: Version
  clock: Clock
  /** Undefined: nobody promised backups, and nothing is said of them. */
  backupMaxAgeHours: number | undefined
  /** True once the process was asked to end: it still answers, and wants no more. */
  isDraining?(): boolean
}

interface Parts {
  database: 'up' | 'down'
  store: string
  queue?: WorkHealth
  backup?: BackupHealth
  archive?: ArchiveHealth
}

/** Of the archive: none is right where nobody promised one, and one that is trying is not late yet. */
const WELL: Record<keyof Parts, ReadonlySet<string>> = {
  ...{ database: new Set(['up']), store: new Set(['up']), queue: new Set(['up']) },
  ...{ backup: new Set(['fresh']), archive: new Set(['archived', 'trying', 'none']) },
}

/** How old the answers for work, backups and the archive may be, none of which changes from one moment to the next. */
const KEPT_MS = 3000

export function registerHealth(app: FastifyInstance, deps: HealthDeps): void {
  const ask = createQuestions(deps)
  const archiveHealth = createArchiveHealth(() => deps.clock.now().getTime())
  app.addHook('onRequest', async (_request, reply) => {
    if (deps.isDraining?.() === true) reply.header('connection', 'close')
  })
  app.get('/health/live', () => ({ status: 'ok', ...deps.version }))
  app.get('/health/ready', async (_request, reply) => {
    const [known, archive] = await Promise.all([askParts(deps, ask), ask.archive()])
    const parts: Parts = { ...known, ...(archive !== undefined && { archive: archiveHealth(archive) }) }
    const draining = deps.isDraining?.() ?? false
    const isWell = (Object.keys(parts) as (keyof Parts)[]).every((part) =>
      WELL[part].has(String(parts[part])),
    )
    const health = parts.database === 'down' ? 'down' : isWell ? 'ok' : 'degraded'
    reply.code(draining || health === 'down' ? 503 : 200).header('cache-control', 'no-store')
    const age = archive ? { archivedSecondsAgo: Math.floor(archive.ageSeconds) } : {}
    return { status: draining ? 'draining' : health, parts, ...age }
  })
}

interface Questions {
  ping(): Promise<'up' | 'down'>
  /** These are undefined where the server does not say. */
  archive(): Promise<WalArchiveState | null | undefined>
  work(): Promise<WorkHealth | undefined>
  backup(maxAgeHours: number): Promise<BackupHealth | undefined>
}

function createQuestions({ pingDatabase, control, clock }: HealthDeps): Questions {
  const ping = keptAnswer(clock, 0, pingDatabase)
  const archive = keptAnswer(clock, KEPT_MS, () => walArchiveState(control))
  const work = keptAnswer(clock, KEPT_MS, () => workState(control))
  const backup = keptAnswer(clock, KEPT_MS, () => backupState(control))
  const unknown = (): undefined => undefined
  return {
    ping: () =>
      ping().then(
        () => 'up',
        () => 'down',
      ),
    archive: () => archive().catch(unknown),
    work: () => work().then(workHealth, unknown),
    backup: (maxAgeHours) => backup().then((state) => backupHealth(state, maxAgeHours), unknown),
  }
}

async function askParts({ store, backupMaxAgeHours }: HealthDeps, ask: Questions): Promise<Parts> {
  const [database, stored, queue, backup] = await Promise.all([
    ask.ping(),
    store.health(),
    ask.work(),
    backupMaxAgeHours === undefined ? undefined : ask.backup(backupMaxAgeHours),
  ])
  return { database, store: stored, ...(queue && { queue }), ...(backup && { backup }) }
}
