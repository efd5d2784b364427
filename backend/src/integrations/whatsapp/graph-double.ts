/**
 * A double of the Graph API for development and tests: it accepts what Meta accepts, refuses what Meta refuses, posts
 * signed webhooks, and has a chat page at `/` on which one writes to the bot as a person would. It is the only fake of
 * WhatsApp: the client and the webhook under test are the real ones.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { graphError } from './double/checks.ts'
import { answerError } from './double/exchange.ts'
import { handleGraph } from './double/graph.ts'
import { createMediaStore } from './double/media-store.ts'
import type { StoredMedia } from './double/media-store.ts'
import { createDirectory } from './double/people.ts'
import type { ChatLine, Person } from './double/people.ts'
import { handleSimulator, receive } from './double/simulator.ts'
import type { Received } from './double/simulator.ts'
import { deliver } from './double/webhooks.ts'
import type { PersonMessage } from './double/webhooks.ts'
import { postStatus } from './double/world.ts'
import type { Failure, Notice, RecordedSend, World } from './double/world.ts'

export interface GraphDoubleOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number
  /** 127.0.0.1 unless told. */
  readonly host?: string
  readonly webhookUrl: string
  /** Signs the webhooks. */
  readonly appSecret: string
  readonly phoneNumberId: string
  /** The bearer token that sends must carry. */
  readonly token: string
  /** Digits of the business number, as people see it. */
  readonly displayPhone?: string
  /** How far a message comes by itself; `read` unless told. On the chat page an open chat reads anyway. */
  readonly statuses?: World['statuses']
  /** Before each status, 0 unless told. */
  readonly statusDelayMs?: number
  readonly now?: () => number
}

export interface GraphDouble {
  /** As `http://127.0.0.1:4000`: the chat page, and the `baseUrl` of the client. */
  readonly url: string
  /** What reached the double, accepted or not, oldest first. */
  readonly sends: readonly RecordedSend[]
  readonly reads: World['reads']
  /** Everything said, by all persons, oldest first. */
  readonly lines: readonly ChatLine[]
  /** The person with this phone (digits) or BSUID, made on the spot. */
  person(id: { waId?: string; bsuid?: string; name?: string }): Person
  /** A person writes; `retries` 0 delivers once. */
  receive(person: Person, message: PersonMessage, retries?: number): Received
  /** Posts any webhook body, signed; resolves to the HTTP status. */
  post(body: unknown): Promise<number>
  /** Posts one status of a message of ours, in any order one likes. */
  status(wamid: string, status: 'sent' | 'delivered' | 'read' | 'failed', code?: number): Promise<void>
  /** The next sends fail so, one each. */
  failNext(...failures: Failure[]): void
  addMedia(bytes: Buffer, mimeType: string): StoredMedia
  /** Resolves when no webhook is under way. */
  idle(): Promise<void>
  close(): Promise<void>
}

function createWorld(options: GraphDoubleOptions, closing: AbortController) {
  const listeners = new Set<(notice: Notice) => void>()
  const pending = new Set<Promise<unknown>>()
  const { webhookUrl, appSecret } = options
  const world: World = {
    business: { phoneNumberId: options.phoneNumberId, displayPhone: options.displayPhone ?? '15550783881' },
    token: options.token,
    directory: createDirectory(),
    media: createMediaStore(),
    sends: [],
    reads: [],
    failures: [],
    now: options.now ?? Date.now,
    statuses: options.statuses ?? 'read',
    statusDelayMs: options.statusDelayMs ?? 0,
    deliver: (body, retries) => deliver({ webhookUrl, appSecret, signal: closing.signal }, body, retries),
    pause: (ms) => sleep(ms, undefined, { signal: closing.signal }).catch(() => undefined),
    track(work) {
      const settled: Promise<unknown> = work.catch(() => undefined).then(() => pending.delete(settled))
      pending.add(settled)
    },
    notify(notice) {
      for (const listener of listeners) listener(notice)
    },
  }
  async function idle() {
    while (pending.size > 0) await Promise.all(pending)
  }
  return { world, listeners, idle }
}

/** Starts the double; it listens when this resolves. */
export async function startGraphDouble(options: GraphDoubleOptions): Promise<GraphDouble> {
  const closing = new AbortController()
  const { world, listeners, idle } = createWorld(options, closing)

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (await handleSimulator(world, listeners, request, response, path)) return
    if (await handleGraph(world, request, response, path)) return
    answerError(response, graphError(100, 'Unknown path components'))
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  return {
    url: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`,
    sends: world.sends,
    reads: world.reads,
    lines: world.directory.lines,
    person: (id) => world.directory.personOf(id),
    receive: (person, message, retries) => receive(world, person, message, retries),
    post: (body) => world.deliver(body, 0),
    async status(wamid, status, code) {
      const line = world.directory.lineOf(wamid)
      const person = line && world.directory.people.get(line.person)
      if (!person) throw new RangeError('No such message')
      await postStatus(world, person, wamid, status, null, code === undefined ? null : graphError(code))
    },
    failNext: (...failures) => void world.failures.push(...failures),
    addMedia: (bytes, mimeType) => world.media.add(bytes, mimeType),
    idle,
    async close() {
      closing.abort()
      server.closeAllConnections()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      await idle()
    },
  }
}
