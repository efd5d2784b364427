/**
 * The load generator, in a process of its own so that its work counts for nobody. HTTP/1.1 over kept connections, one
 * request at a time on each, answers with a Content-Length only: as little work as a client can do.
 */
import net from 'node:net'
import { pathToFileURL } from 'node:url'
import type { LoadPlan, LoadResult, LoadSource } from './load-plan.ts'
import { percentile } from './statistics.ts'

interface Connection {
  socket: net.Socket
  /** When the request was due, by performance.now(); null while idle. */
  dueMs: number | null
  received: Buffer
  /** Bytes of the answer that are still to come; -1 while its head is not complete. */
  missing: number
  ok: boolean
}

class Run {
  readonly #plan: LoadPlan
  readonly #next: LoadSource
  readonly #latencies: number[] = []
  readonly #idle: Connection[] = []
  readonly #waiting: number[] = []
  readonly #all: Connection[] = []
  #failed = 0
  #firstFailure: string | null = null
  #bodyBytes = 0
  #open = 0
  #startMs = 0
  #endMs = 0
  #isOver = false
  #finish: () => void = () => undefined

  constructor(plan: LoadPlan, next: LoadSource) {
    this.#plan = plan
    this.#next = next
  }

  async run(): Promise<LoadResult> {
    for (let index = 0; index < this.#plan.connections; index += 1) this.#all.push(await this.#connect())
    const finished = new Promise<void>((resolve) => (this.#finish = resolve))
    this.#startMs = performance.now()
    if (this.#plan.rate === undefined) this.#closedLoop()
    else this.#openLoop(this.#plan.rate)
    await finished
    for (const { socket } of this.#all) socket.destroy()
    return this.#result()
  }

  #closedLoop(): void {
    setTimeout(() => {
      this.#isOver = true
      this.#maybeFinish()
    }, this.#plan.seconds * 1000)
    for (const connection of this.#all) this.#send(connection, performance.now())
  }

  /** A request that is due while every connection is busy waits, and its waiting counts. */
  #openLoop(rate: number): void {
    this.#idle.push(...this.#all)
    const total = Math.round(rate * this.#plan.seconds)
    let issued = 0
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - this.#startMs) * rate) / 1000))
      for (; issued < due; issued += 1) this.#waiting.push(this.#startMs + (issued * 1000) / rate)
      this.#dispatch()
      if (issued < total) return
      clearInterval(timer)
      this.#isOver = true
      this.#maybeFinish()
    }, 1)
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const connection = this.#idle.pop()
      if (!connection) return
      this.#send(connection, this.#waiting.shift() ?? performance.now())
    }
  }

  #send(connection: Connection, dueMs: number): void {
    this.#open += 1
    connection.dueMs = dueMs
    connection.missing = -1
    connection.socket.write(this.#next())
  }

  async #connect(): Promise<Connection> {
    const socket = net.connect({ port: this.#plan.port, host: '127.0.0.1', noDelay: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    const connection: Connection = {
      socket,
      dueMs: null,
      received: Buffer.alloc(0),
      missing: -1,
      ok: false,
    }
    socket.on('data', (chunk) => this.#receive(connection, chunk))
    socket.on('error', (error) => this.#fail(String(error)))
    socket.on('close', () => {
      if (connection.dueMs !== null) {
        this.#fail('the connection was closed')
        this.#done(connection)
      }
    })
    return connection
  }

  #receive(connection: Connection, chunk: Buffer): void {
    if (connection.missing < 0) {
      connection.received =
        connection.received.length === 0 ? chunk : Buffer.concat([connection.received, chunk])
      const headEnd = connection.received.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = connection.received.toString('latin1', 0, headEnd)
      const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
      connection.ok = head.startsWith('HTTP/1.1 2')
      if (!connection.ok) this.#fail(connection.received.toString('utf8'))
      connection.missing = Number(length ?? 0) - (connection.received.length - headEnd - 4)
      this.#bodyBytes += Number(length ?? 0)
      connection.received = Buffer.alloc(0)
    } else {
      connection.missing -= chunk.length
    }
    if (connection.missing <= 0) this.#done(connection)
  }

  #fail(example: string): void {
    this.#failed += 1
    this.#firstFailure ??= example.slice(0, 600)
  }

  #done(connection: Connection): void {
    this.#open -= 1
    this.#endMs = performance.now()
    if (connection.ok) this.#latencies.push(this.#endMs - (connection.dueMs ?? this.#endMs))
    connection.dueMs = null
    if (this.#plan.rate !== undefined) {
      if (!connection.socket.destroyed) this.#idle.push(connection)
      this.#dispatch()
    } else if (!this.#isOver && !connection.socket.destroyed) {
      this.#send(connection, this.#endMs)
    }
    this.#maybeFinish()
  }

  #maybeFinish(): void {
    if (this.#isOver && this.#open === 0 && this.#waiting.length === 0) this.#finish()
  }

  #result(): LoadResult {
    const sorted = Float64Array.from(this.#latencies).sort()
    const seconds = (this.#endMs - this.#startMs) / 1000
    return {
      ok: sorted.length,
      failed: this.#failed,
      firstFailure: this.#firstFailure,
      seconds,
      perSecond: sorted.length / seconds,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      maxMs: percentile(sorted, 1),
      bodyBytes: this.#bodyBytes / Math.max(1, sorted.length),
    }
  }
}

process.on('message', (plan: LoadPlan) => {
  void (async () => {
    const module = (await import(pathToFileURL(plan.source).href)) as {
      default: (options: unknown) => LoadSource
    }
    process.send?.(await new Run(plan, module.default(plan.options)).run())
  })()
})
