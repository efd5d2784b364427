import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { API_PREFIX } from '@chronos/contracts/endpoints'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fixedClock } from '../../platform/clock.ts'
import type { EventBus } from '../../platform/events.ts'
import { createMemoryEventBus } from '../../platform/events-memory.ts'
import type { Caller, Endpoints } from '../../plugins/endpoints.ts'
import { registerEventRoutes, type EventRouteDeps } from './events.routes.ts'
import { sessionEndedChannel } from './events.service.ts'

const TENANT = '0195a000-0000-7000-8000-00000000000a'
const OTHER = '0195a000-0000-7000-8000-00000000000b'
const URL_PATH = `${API_PREFIX}/events`

let app: FastifyInstance
let bus: EventBus
let base: string
const ended = new Set<string>()

/** The route on a Fastify of its own, where the caller is what the headers say: who may call is tested elsewhere. */
async function serve(deps: Partial<EventRouteDeps> = {}): Promise<void> {
  bus = createMemoryEventBus({ clock: fixedClock('2026-03-01T12:00:00Z'), log: pino({ level: 'silent' }) })
  app = fastify({ forceCloseConnections: 'idle' })
  const register = (
    spec: EndpointSpec,
    handler: (call: { caller: Caller; request: FastifyRequest; reply: FastifyReply }) => Promise<unknown>,
  ): void => {
    app.get(API_PREFIX + spec.path, (request, reply) =>
      handler({ caller: callerOf(request), request, reply }),
    )
  }
  registerEventRoutes(app, { register } as unknown as Pick<Endpoints, 'register'>, {
    bus,
    isActive: async (caller) => !ended.has(caller.sessionId),
    ...deps,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  base = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}${URL_PATH}`
}

function callerOf(request: FastifyRequest): Caller {
  const tenantId = String(request.headers['x-tenant'] ?? TENANT)
  const sessionId = String(request.headers['x-session'] ?? 'session-1')
  return {
    kind: 'session',
    sessionId,
    tenantId,
    identityId: 'i',
    userId: 'u',
    role: 'viewer',
    scopes: null,
    emailVerified: true,
    provedAt: 0,
    secondFactorMissing: false,
    hiddenAccounts: [],
    readOnly: false,
  }
}

interface Reading {
  response: Response
  text(): string
  /** True once the server has ended the stream. */
  isOver(): boolean
  abort(): void
}

const readings: Reading[] = []

async function read(headers: Record<string, string> = {}): Promise<Reading> {
  const abort = new AbortController()
  const response = await fetch(base, { headers, signal: abort.signal })
  let text = ''
  let over = false
  void (async () => {
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? [])
      text += decoder.decode(chunk as Uint8Array, { stream: true })
    over = true
  })().catch(() => undefined)
  const reading = { response, text: () => text, isOver: () => over, abort: () => abort.abort() }
  readings.push(reading)
  await expect.poll(() => text).toContain('retry:')
  return reading
}

describe('GET /events', () => {
  beforeEach(() => ended.clear())
  afterEach(async () => {
    for (const reading of readings.splice(0)) reading.abort()
    await app.close()
    await bus.close()
  })

  it('streams what changes in the tenant, and nothing of another', async () => {
    await serve()
    const mine = await read()
    const theirs = await read({ 'x-tenant': OTHER })
    expect(mine.response.status).toBe(200)
    expect(Object.fromEntries(mine.response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    bus.publish(TENANT, ['transactions', 'accounts'])
    await expect
      .poll(mine.text)
      .toMatch(/event: changed\nid: \d+-\d+\ndata: {"topics":\["transactions","accounts"\]}\n\n$/)
    expect(theirs.text()).not.toContain('changed')
  })

  it('gives an id to resume from before anything has happened', async () => {
    await serve()
    expect((await read()).text()).toMatch(/^retry: \d+\nid: \d+-\d+\n\n$/)
  })

  it('resumes after Last-Event-ID, and says reset to one that it does not know', async () => {
    await serve()
    const first = await read()
    const id = /id: (\S+)/.exec(first.text())?.[1] ?? ''
    first.abort()
    bus.publish(TENANT, ['budgets'])
    await expect.poll(() => bus.position()).not.toBe(id)
    const resumed = await read({ 'last-event-id': id })
    await expect.poll(resumed.text).toContain('event: changed')
    expect(resumed.text()).toContain('"budgets"')
    const lost = await read({ 'last-event-id': 'what' })
    await expect.poll(lost.text).toContain('event: reset')
  })

  it('keeps the connection busy, and the id to resume from fresh', async () => {
    await serve({ limits: { heartbeatMs: 20 } })
    const reading = await read()
    bus.publish(OTHER, ['accounts'])
    await expect.poll(reading.text).toMatch(/: beat\nid: \d+-1\n\n/)
  })

  it('ends at once when the session is said to have ended, and has', async () => {
    await serve()
    const mine = await read({ 'x-session': 'a' })
    const other = await read({ 'x-session': 'b' })
    ended.add('a')
    bus.poke(sessionEndedChannel('a'))
    bus.poke(sessionEndedChannel('b'))
    await expect.poll(mine.isOver).toBe(true)
    expect(other.isOver()).toBe(false)
  })

  it('ends at a heartbeat when the word of it got lost', async () => {
    await serve({ limits: { heartbeatMs: 20 } })
    const reading = await read()
    ended.add('session-1')
    await expect.poll(reading.isOver).toBe(true)
  })

  it('goes on while it cannot be known whether the session has ended', async () => {
    let asked = 0
    await serve({
      limits: { heartbeatMs: 20 },
      isActive: () => {
        asked += 1
        return Promise.reject(new Error('no database'))
      },
    })
    const reading = await read()
    await expect.poll(() => asked).toBeGreaterThan(2)
    expect(reading.isOver()).toBe(false)
  })

  it('ends after its lifetime, and tells when to come back', async () => {
    await serve({ limits: { lifetimeMs: 50 } })
    const reading = await read()
    await expect.poll(reading.isOver).toBe(true)
    expect(reading.text()).toMatch(/retry: \d+\n\n$/)
  })

  it('ends the oldest stream of a session that has too many', async () => {
    await serve({ streamsPerSession: 2 })
    const [first, second, third] = [await read(), await read(), await read()]
    await expect.poll(first.isOver).toBe(true)
    expect([second.isOver(), third.isOver()]).toEqual([false, false])
    expect((await read({ 'x-session': 'another' })).isOver()).toBe(false)
    expect([second.isOver(), third.isOver()]).toEqual([false, false])
  })

  it('cuts a browser that does not read', async () => {
    await serve({ limits: { bufferBytes: 2000 } })
    const { port } = app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    const closed = new Promise<void>((resolve) => void socket.on('close', () => resolve()))
    socket.on('error', () => undefined)
    socket.write(`GET ${URL_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    socket.pause()
    await expect.poll(() => app.server.listening && connections(app)).toBe(1)
    const topics = ['x'.repeat(1_000_000)]
    await expect
      .poll(
        async () => {
          bus.publish(TENANT, topics)
          return connections(app)
        },
        { timeout: 10_000 },
      )
      .toBe(0)
    socket.resume()
    await closed
  })

  it('lets the server close, and hears nothing afterwards', async () => {
    await serve()
    const reading = await read()
    const startedMs = performance.now()
    await app.close()
    expect(performance.now() - startedMs).toBeLessThan(20_000)
    await expect.poll(reading.isOver).toBe(true)
  })

  it('lets the server close although a browser does not read', async () => {
    await serve({ limits: { bufferBytes: 1e9 } })
    const { port } = app.server.address() as AddressInfo
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(`GET ${URL_PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    socket.pause()
    await expect.poll(() => connections(app)).toBe(1)
    const topics = ['x'.repeat(8_000_000)]
    bus.publish(TENANT, topics)
    await expect.poll(() => bus.position()).toMatch(/-1$/)
    bus.publish(TENANT, topics)
    await expect.poll(() => bus.position()).toMatch(/-2$/)
    const startedMs = performance.now()
    await app.close()
    expect(performance.now() - startedMs).toBeLessThan(20_000)
    socket.destroy()
  })

  it('answers HEAD without staying', async () => {
    await serve()
    const answer = await fetch(base, { method: 'HEAD' })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
  })
})

function connections(server: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) =>
    server.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
