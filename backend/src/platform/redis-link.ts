/**
 * One supervised connection to Redis. Redis being slow, stopped or gone is ordinary here: a command waits
 * `timeoutMs` at most, the first failure takes the link down, and while it is down commands are refused at once instead
 * of queueing. Each attempt to come back makes a new connection, so that nothing sent before a failure can be mixed
 * with what is sent after it, and runs `prepare` before the link counts as up.
 */
import { readFileSync } from 'node:fs'
import { Redis, type RedisOptions } from 'ioredis'
import type { Log } from './log.ts'
import { tracedPart } from './tracing.ts'

const CONNECT_TIMEOUT_MS = 2000
const FIRST_BACKOFF_MS = 50
const LAST_BACKOFF_MS = 2000
/** A link that was up for less is flapping, and waits longer and longer between attempts. */
const STEADY_MS = 5000

export interface RedisAddress {
  /**
   * `rediss://` for TLS, its certificate checked against the name in it; `?cacert=<file>` names the authority where it is
   * none that Node knows, and is read anew for each connection, so that one can be rolled.
   */
  url: string
  /** Wins over a password in the URL. */
  password?: string | undefined
  log: Log
}

export interface RedisLinkOptions extends RedisAddress {
  /** Shown by CLIENT LIST and in the log. */
  name: string
  timeoutMs: number
  /** Commands of one turn of the event loop leave, and are answered, together. */
  batched?: boolean
  /** Runs on each new connection before anything else does; a failure here is a failure to connect. */
  prepare?: (client: Redis) => Promise<void>
  onUp?: () => void
  onDown?: () => void
}

export interface RedisLink {
  isUp(): boolean
  /** Runs a command. Rejects while down, when it takes longer than `timeoutMs`, and when Redis refuses it. */
  run<T>(command: (client: Redis) => Promise<T>, timeoutMs?: number): Promise<T>
  /** Takes the link down; it comes back through `prepare`. */
  fail(reason: string): void
  close(): void
}

export class RedisDown extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'RedisDown'
  }
}

export function createRedisLink(options: RedisLinkOptions): RedisLink {
  const { name, log, prepare } = options
  let current: Redis | null = null
  let opening: Redis | null = null
  let closed = false
  let attempts = 0
  let upSinceMs = 0
  let retry: NodeJS.Timeout | undefined
  let reported: 'up' | 'down' | null = null

  function report(state: 'up' | 'down', reason?: string): void {
    if (reported === state) return
    reported = state
    if (state === 'up') log.info({ redis: name }, 'Redis is up')
    else log.warn({ redis: name, reason }, 'Redis is down, going on without it')
  }

  function scheduleConnect(): void {
    if (closed) return
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** attempts, LAST_BACKOFF_MS)
    attempts += 1
    retry = setTimeout(() => void connect(), backoffMs * (0.5 + Math.random() / 2))
    retry.unref()
  }

  /** @returns null where the certificate of its authority cannot be read, perhaps while it is being replaced */
  function newClient(): Redis | null {
    try {
      return new Redis(options.url, connectionOptions(options))
    } catch (error) {
      report('down', String(error))
      return null
    }
  }

  async function connect(): Promise<void> {
    const client = newClient()
    if (client === null) return scheduleConnect()
    opening = client
    // Without a listener ioredis prints to stderr; every failure reaches us as a rejection or as `close`, which say less.
    let trouble: unknown
    client.on('error', (error) => (trouble = error))
    client.on('close', () => lose(client, 'connection closed'))
    try {
      await withDeadline(open(client), CONNECT_TIMEOUT_MS)
      if (closed || client.status !== 'ready') throw new RedisDown('connection closed')
      current = client
      upSinceMs = Date.now()
      report('up')
      options.onUp?.()
    } catch (error) {
      client.disconnect()
      if (!closed) report('down', String(trouble ?? error))
      scheduleConnect()
    } finally {
      opening = null
    }
  }

  async function open(client: Redis): Promise<void> {
    await client.connect()
    await prepare?.(client)
  }

  function lose(client: Redis, reason: string): void {
    if (current !== client) return
    current = null
    client.disconnect()
    if (closed) return
    if (Date.now() - upSinceMs > STEADY_MS) attempts = 0
    report('down', reason)
    options.onDown?.()
    scheduleConnect()
  }

  const part = { name: `redis ${name}`, kind: 'client', attributes: { 'db.system.name': 'redis' } } as const

  void connect()
  return {
    isUp: () => current !== null,
    async run(command, timeoutMs = options.timeoutMs) {
      const client = current
      if (client === null) throw new RedisDown(`${name} is down`)
      try {
        return await tracedPart(part, () => withDeadline(command(client), timeoutMs))
      } catch (error) {
        if (!isRefusal(error)) lose(client, String(error))
        throw error
      }
    },
    fail(reason) {
      if (current !== null) lose(current, reason)
    },
    close() {
      closed = true
      clearTimeout(retry)
      opening?.disconnect()
      current?.disconnect()
      current = null
    },
  }
}

/** Redis answered, with an error: the command was not executed. Everything else leaves that open. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}

function connectionOptions(options: RedisLinkOptions): RedisOptions & { replyMapping: 'legacy' } {
  return {
    ...(options.password ? { password: options.password } : {}),
    ...encryption(options.url),
    connectionName: `chronos-${options.name}`,
    replyMapping: 'legacy',
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    enableAutoPipelining: options.batched ?? false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  }
}

/** @throws Error where the file of the authority cannot be read: a connection without it would trust somebody else */
function encryption(url: string): Pick<RedisOptions, 'tls'> {
  if (!url.startsWith('rediss://')) return {}
  const authority = new URL(url).searchParams.get('cacert')
  return { tls: authority === null ? {} : { ca: readFileSync(authority, 'utf8') } }
}

/** A timer that fires so much too late tells that this process was busy, and nothing of Redis. */
const LATE_MS = 20

/**
 * Rejects after `ms`. Where the timer itself was late, the command may not even have left (batched ones leave at the
 * end of a turn of the event loop): it gets its time once more.
 */
async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_resolve, reject) => {
    const arm = (): void => {
      const dueAtMs = performance.now() + ms
      timer = setTimeout(() => {
        if (performance.now() - dueAtMs > LATE_MS) arm()
        else setImmediate(() => reject(new RedisDown(`no answer within ${ms} ms`)))
      }, ms)
    }
    arm()
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
    work.catch(() => undefined)
  }
}
