/**
 * The bus that processes share: one stream, to which each process appends what it publishes, and of whose end each
 * keeps a copy, which browsers resume from.
 *
 * - While Redis is away, listeners of this process are served directly and the batch waits to be appended later, so
 *   other processes hear of it late and not never. The position stands still meanwhile: who resumes gets it again.
 * - A Redis that restarted may have lost the end of its stream. Whoever sees its new run first appends a mark that
 *   means "everything may have changed"; nobody resumes past it unnoticed.
 * - A reader whose connection is cut without a word notices after READ_TIMEOUT_MS.
 *
 * One stream for all tenants: each process reads about 40 messages a second of each other process, however many
 * tenants are busy. Where that is too much (hundreds of processes), shard the stream by tenant.
 */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { HISTORY, type EventBus } from './events.ts'
import { EventLog, type LogEntry } from './events-log.ts'
import { createOutbox, emptyBatch, isEmpty, merged, type Batch } from './events-outbox.ts'
import type { Log } from './log.ts'
import { createRedisLink, isRefusal, type RedisAddress } from './redis-link.ts'

const STREAM = 'chronos:events'
const RUN_KEY = 'chronos:events:run'
const TIMEOUT_MS = 250
const BLOCK_MS = 5000
const READ_TIMEOUT_MS = 7000
/** Tenants with unsent changes; beyond it a mark says all of it. */
const MAX_UNSENT = 10_000
/** Keeps one message small. */
const TENANTS_PER_MESSAGE = 500

const APPEND_MARK_ONCE_PER_RUN = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'd', ARGV[2])
return 1`

/** What one message carries: who sent it, topics by tenant (null: reset), channels to poke. */
const Message = z.object({
  from: z.string(),
  changes: z.record(z.string(), z.array(z.string())).nullable(),
  pokes: z.array(z.string()),
})
type Message = z.infer<typeof Message>
type RawEntry = [id: string, fields: string[]]

export interface RedisEventBusOptions extends RedisAddress {
  history?: number
  timeoutMs?: number
}

export function createRedisEventBus(options: RedisEventBusOptions): EventBus {
  const self = randomUUID()
  const history = options.history ?? HISTORY
  const log = new EventLog({ capacity: history, position: '0-0', log: options.log })
  let run: string | null = null
  let isClosed = false
  /** What Redis has not taken yet; leaves with the next batch. */
  let unsent = emptyBatch()
  /** More was unsent than is kept: what leaves next is a mark. */
  let isIncomplete = false
  const sending = new Set<Promise<void>>()

  const outbox = createOutbox((batch) => {
    for (const channel of batch.pokes) log.wake(channel)
    track(send(batch))
  })
  const writer = createRedisLink({
    ...options,
    name: 'events',
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    onUp: () => track(send(emptyBatch())),
  })
  const reader = createRedisLink({
    ...options,
    name: 'events-reader',
    timeoutMs: READ_TIMEOUT_MS,
    prepare: catchUp,
    onUp: () => void read(),
  })

  function track(work: Promise<void>): void {
    sending.add(work)
    void work.finally(() => sending.delete(work))
  }

  async function send(batch: Batch): Promise<void> {
    const all = merged(unsent, batch)
    const isMark = isIncomplete
    if (isEmpty(all) && !isMark) return
    unsent = emptyBatch()
    isIncomplete = false
    try {
      for (const message of isMark ? [mark(self, [...all.pokes])] : messagesOf(self, all)) {
        await writer.run((client) => append(client, message, history))
      }
      if (!reader.isUp()) log.deliver(batch.changes)
    } catch (error) {
      if (isRefusal(error)) writer.fail(String(error))
      log.deliver(batch.changes)
      keepUnsent(all, isMark)
    }
  }

  function keepUnsent(batch: Batch, isMark: boolean): void {
    unsent = merged(unsent, batch)
    isIncomplete ||= isMark || unsent.changes.size > MAX_UNSENT
    if (isIncomplete) unsent = { changes: new Map(), pokes: unsent.pokes }
  }

  /** Continues where this process stopped, where that is sure to leave nothing out; else begins anew. */
  async function catchUp(client: Redis): Promise<void> {
    const current = /^run_id:(\w+)/m.exec(await client.info('server'))?.[1] ?? randomUUID()
    await client.eval(
      APPEND_MARK_ONCE_PER_RUN,
      2,
      RUN_KEY,
      STREAM,
      current,
      JSON.stringify(mark(self)),
      history * 2,
    )
    const isSameRun = current === run
    if (isSameRun && (await client.xrange(STREAM, log.position, log.position)).length === 1) return
    const tail = (await client.xrevrange(STREAM, '+', '-', 'COUNT', history)) as RawEntry[]
    run = current
    log.replace(tail.toReversed().map((raw) => entryOf(raw, options.log).entry))
  }

  async function read(): Promise<void> {
    while (!isClosed) {
      try {
        const reply = await reader.run((client) =>
          client.xread('COUNT', 500, 'BLOCK', BLOCK_MS, 'STREAMS', STREAM, log.position),
        )
        for (const raw of (reply?.[0]?.[1] ?? []) as RawEntry[]) take(raw)
      } catch (error) {
        reader.fail(String(error))
        return
      }
    }
  }

  function take(raw: RawEntry): void {
    const { entry, message } = entryOf(raw, options.log)
    log.append(entry)
    if (message.from !== self) for (const channel of message.pokes) log.wake(channel)
  }

  return {
    publish: outbox.publish,
    subscribe: (tenantId, lastEventId, listener) => log.subscribe(tenantId, lastEventId, listener),
    position: () => log.position,
    poke: outbox.poke,
    onPoke: (channel, wake) => log.onPoke(channel, wake),
    health: () => (writer.isUp() && reader.isUp() ? 'up' : 'down'),
    async close() {
      isClosed = true
      log.clear()
      outbox.flush()
      await Promise.all(sending)
      writer.close()
      reader.close()
    },
  }
}

function append(client: Redis, message: Message, history: number): Promise<string | null> {
  return client.xadd(STREAM, 'MAXLEN', '~', history * 2, '*', 'd', JSON.stringify(message))
}

function mark(from: string, pokes: string[] = []): Message {
  return { from, changes: null, pokes }
}

function messagesOf(from: string, batch: Batch): Message[] {
  const tenants = [...batch.changes].map(([tenantId, topics]): [string, string[]] => [tenantId, [...topics]])
  const messages: Message[] = [
    { from, changes: Object.fromEntries(tenants.slice(0, TENANTS_PER_MESSAGE)), pokes: [...batch.pokes] },
  ]
  for (let i = TENANTS_PER_MESSAGE; i < tenants.length; i += TENANTS_PER_MESSAGE) {
    messages.push({ from, changes: Object.fromEntries(tenants.slice(i, i + TENANTS_PER_MESSAGE)), pokes: [] })
  }
  return messages
}

/** A message that cannot be read (another version wrote it) counts as a mark. */
function entryOf([id, fields]: RawEntry, log: Log): { entry: LogEntry; message: Message } {
  const message = parseMessage(fields[1] ?? '')
  if (message === null) log.warn({ id }, 'An event that cannot be read')
  const { changes } = message ?? mark('')
  const entry = { id, changes: changes === null ? null : new Map(Object.entries(changes)) }
  return { entry, message: message ?? mark('') }
}

function parseMessage(text: string): Message | null {
  try {
    return Message.parse(JSON.parse(text))
  } catch {
    return null
  }
}
