/** What the application is made of; tests make another one. Closing it closes everything that it opened. */
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { createOtlpTracer } from './integrations/otlp.ts'
import { createSentry } from './integrations/sentry.ts'
import { postToSlack } from './integrations/slack.ts'
import { createAlarms, type Alarms } from './platform/alarms.ts'
import { systemClock, type Clock } from './platform/clock.ts'
import {
  NO_BREACHED_PASSWORDS,
  openBreachedPasswords,
  type BreachedPasswords,
} from './platform/breached-passwords.ts'
import { createControlPlane, type ControlPlane } from './platform/control.ts'
import { createDataKeys, type DataKeys } from './platform/data-keys.ts'
import { assertBoundByRowSecurity, createPool } from './platform/database.ts'
import { createMemoryEventBus } from './platform/events-memory.ts'
import { createRedisEventBus } from './platform/events-redis.ts'
import type { EventBus } from './platform/events.ts'
import { NO_FAULTS, type Faults } from './platform/faults.ts'
import { createKeyring, type Keyring } from './platform/keyring.ts'
import { createLogger } from './platform/log.ts'
import { createMailer, type Mailer } from './platform/mail.ts'
import { createMemoryStore } from './platform/store-memory.ts'
import { createRedisStore } from './platform/store-redis.ts'
import type { Store } from './platform/store.ts'
import { createReplicaPools } from './platform/replica-pools.ts'
import { createReplicas, type ReplicaState } from './platform/replicas.ts'
import { createTenancy, type CommitListener, type Tenancy } from './platform/tenancy.ts'
import { currentSpan, setTracer, type Tracer } from './platform/tracing.ts'
import { readVersion, type Version } from './platform/version.ts'

export interface AppContext {
  config: Config
  logger: Logger
  clock: Clock
  version: Version
  tenancy: Tenancy
  control: ControlPlane
  store: Store
  bus: EventBus
  mailer: Mailer
  /** Wakes somebody. */
  alarms: Alarms
  /** Takes failures of our own. */
  faults: Faults
  keyring: Keyring
  dataKeys: DataKeys
  breached: BreachedPasswords
  /** Connections of this process, as they are now. */
  poolUse(): { pool: string; total: number; idle: number; waiting: number }[]
  /** Opens half of each pool's connections, so that a fresh process is as quick as an old one. */
  openConnections(): Promise<void>
  /** How far behind each read replica is. */
  replicaStates(): ReplicaState[]
  /** @throws when PostgreSQL does not answer */
  pingDatabase(): Promise<void>
  close(): Promise<void>
}

export interface ContextOverrides {
  clock?: Clock
  logger?: Logger
  mailer?: Mailer
}

/** @throws Error when the database cannot be reached, or its login is one that row level security does not bind */
export async function createContext(config: Config, overrides: ContextOverrides = {}): Promise<AppContext> {
  const version = readVersion(config.commit)
  const tracer = await tracerOf(config, version.version)
  const logger = overrides.logger ?? createLogger(config.logLevel, undefined, tracer ? traceOfJob : undefined)
  const clock = overrides.clock ?? systemClock
  const pool = createPool({
    url: config.databaseUrl,
    max: config.poolSize,
    applicationName: 'chronos',
    pipeline: true,
    named: config.namedStatements,
    timeouts: config.databaseTimeouts,
  })
  const controlPool = createPool({
    url: config.controlUrl,
    max: config.poolSize,
    applicationName: 'chronos-control',
    pipeline: true,
    named: config.namedStatements,
    timeouts: config.databaseTimeouts,
  })
  for (const each of [pool, controlPool])
    each.on('error', (error) => logger.warn({ err: error }, 'idle database connection lost'))
  let breached = NO_BREACHED_PASSWORDS
  try {
    if (config.breachedPasswordsFile !== undefined)
      breached = await openBreachedPasswords(config.breachedPasswordsFile)
    await assertBoundByRowSecurity(pool, 'DATABASE_URL')
    await assertBoundByRowSecurity(controlPool, 'DATABASE_CONTROL_URL')
  } catch (error) {
    await Promise.all([pool.end(), controlPool.end(), breached.close()])
    throw error
  }
  const { redisUrl: url, redisPassword: password } = config
  const redis =
    url === undefined ? null : { url, log: logger, ...(password === undefined ? {} : { password }) }
  const store = redis ? createRedisStore(redis) : createMemoryStore({ clock, maxEntries: 100_000 })
  const bus = redis ? createRedisEventBus(redis) : createMemoryEventBus({ clock, log: logger })
  const replicaPools = createReplicaPools(config, logger)
  const replicas =
    replicaPools.size === 0
      ? null
      : createReplicas({
          primary: pool,
          pools: replicaPools,
          store,
          log: logger,
          check: (replica) => assertBoundByRowSecurity(replica, 'DATABASE_REPLICA_URLS'),
        })
  const listener: CommitListener = {
    committed(tenantId, topics, queues) {
      if (topics.size > 0) bus.publish(tenantId, [...topics])
      for (const queue of queues) bus.poke(queue)
    },
  }
  // In one process alone PostgreSQL is as near, and memory dearer.
  const tenancy = createTenancy(pool, listener, replicas, redis === null ? null : store)
  const control = createControlPlane(controlPool)
  const keyring = createKeyring(config.encryptionKey, config.encryptionKeysBefore)
  const mailer = overrides.mailer ?? createMailer({ ...config.email, log: logger })
  const { sentryDsn: dsn, environment } = config
  const release = `chronos@${version.version}${version.commit === null ? '' : `+${version.commit}`}`
  const faults =
    dsn === undefined ? NO_FAULTS : await createSentry({ dsn, release, environment, log: logger })
  return {
    config,
    logger,
    clock,
    version,
    faults,
    tenancy,
    control,
    store,
    bus,
    mailer,
    alarms: createAlarms({ store, clock, log: logger, publicUrl: config.publicUrl, send: slackOf(config) }),
    keyring,
    dataKeys: createDataKeys({ control, keyring, clock }),
    breached,
    poolUse: () =>
      [...Object.entries({ app: pool, control: controlPool }), ...replicaPools].map(([name, each]) => ({
        pool: name,
        total: each.totalCount,
        idle: each.idleCount,
        waiting: each.waitingCount,
      })),
    async openConnections() {
      const half = Math.ceil(config.poolSize / 2)
      const opening = [pool, controlPool].flatMap((each) =>
        Array.from({ length: half }, () => each.query('select 1')),
      )
      // What cannot be opened now is opened by the request that needs it.
      await Promise.allSettled(opening)
    },
    replicaStates: () => replicas?.states() ?? [],
    pingDatabase: async () => void (await controlPool.query('select 1')),
    async close() {
      await faults.close()
      await breached.close()
      await tracer?.close()
      await mailer.close()
      await bus.close()
      await store.close()
      await tenancy.close()
      await control.close()
    },
  }
}

/** @returns what says a text, and why it could not; null where no address is set */
function slackOf({ slackWebhookUrl: url }: Config): ((text: string) => Promise<string | null>) | null {
  if (url === undefined) return null
  return async (text) => {
    const result = await postToSlack({ url }, text)
    return result.outcome === 'sent' ? null : result.reason
  }
}

/** Puts the tracer in before anything is made that could be traced; null where nothing is. */
async function tracerOf(
  { otlpEndpoint: endpoint, traceSampleRatio: sampleRatio }: Config,
  version: string,
): Promise<Tracer | null> {
  const tracer = endpoint === undefined ? null : await createOtlpTracer({ endpoint, sampleRatio, version })
  setTracer(tracer)
  return tracer
}

/** Lines of a request have its trace from its own logger. */
function traceOfJob(): object {
  const span = currentSpan()
  return span?.kind === 'consumer' ? { trace: span.traceId } : {}
}
