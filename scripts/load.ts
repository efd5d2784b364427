// Load on a running production, from somebody who registers for it: pages, reads and writes by clients that keep their
// HTTP/1.1 connections and never repeat anything, which is harder than what browsers do. One address asks for all of it:
// production needs NGINX_LIMIT_API=100000 NGINX_LIMIT_AUTH=1000 and RATE_LIMITS=off in its settings.
import https from 'node:https'

/** Of a client, between two requests: idle connections are what a reload would close. */
const PAUSE_MS = 20
const SETTLE_MS = 5_000
/** Of a line for a request that was lost. */
const SAID = 200

interface Page {
  items: { name: string }[]
  nextCursor: string | null
}

interface Answer {
  status: number
  body: string
}

interface Outcome {
  requests: number
  /** A line for each request without its answer. */
  lost: string[]
  acknowledged: number
  there: number
  /** Writes that were acknowledged and are not there. */
  missing: string[]
  /** Writes that are there and were not acknowledged. */
  unasked: string[]
}

export class Load {
  readonly #agent: https.Agent
  readonly #run = Date.now().toString(36)
  readonly #lost: string[] = []
  readonly #written = new Set<string>()
  #bearer: Record<string, string> = {}
  #clients: Promise<void>[] = []
  #requests = 0
  #phase = 'before'
  #isEnding = false
  readonly #port: number
  readonly #count: number

  /** @param port where Nginx listens for https */
  constructor(port: number, clients: number) {
    this.#count = clients
    this.#port = port
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: clients })
  }

  /** Registers somebody and begins. @throws Error where registering does not work, or production limits the load */
  async start(): Promise<void> {
    const registered = await this.#ask(
      'POST',
      '/api/v1/auth/register',
      JSON.stringify({
        ...{
          email: `load-${this.#run}@example.com`,
          password: `a pass phrase of ${this.#run}`,
          name: 'Load',
        },
        ...{
          workspaceName: `Load ${this.#run}`,
          currency: 'BRL',
          locale: 'pt-BR',
          timezone: 'America/Sao_Paulo',
        },
      }),
    )
    if (registered.status !== 201) throw new Error(`Registering: ${registered.status} ${registered.body}`)
    const { accessToken } = JSON.parse(registered.body) as { accessToken: string }
    this.#bearer = { authorization: `Bearer ${accessToken}` }
    this.#clients = Array.from({ length: this.#count }, (_, number) => this.#client(number))
    await settle()
    if (!this.#lost.some((line) => line.includes(' was answered 429 '))) return
    this.#isEnding = true
    await Promise.all(this.#clients)
    throw new Error(
      'Production limits one address: it needs NGINX_LIMIT_API=100000 NGINX_LIMIT_AUTH=1000 RATE_LIMITS=off in its settings, and make prod-up',
    )
  }

  /** Does something while the load goes on, and says what the load saw of it. @returns how many requests were lost */
  async during<Result>(name: string, work: () => Promise<Result>): Promise<{ result: Result; lost: number }> {
    this.#phase = name
    const before = { requests: this.#requests, lost: this.#lost.length, at: Date.now() }
    const result = await work()
    await settle()
    const seconds = (Date.now() - before.at) / 1000
    const requests = this.#requests - before.requests
    const lost = this.#lost.length - before.lost
    const rate = (requests / seconds).toFixed(0)
    console.log(`${name}: ${requests} requests in ${seconds.toFixed(0)} s (${rate}/s), ${lost} lost`)
    return { result, lost }
  }

  /** Ends the load, and holds what was written to what was acknowledged. */
  async end(): Promise<Outcome> {
    this.#isEnding = true
    await Promise.all(this.#clients)
    const names: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const more = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
      const page = JSON.parse((await this.#ask('GET', `/api/v1/categories${more}`)).body) as Page
      names.push(...page.items.map((each) => each.name).filter((each) => each.startsWith(`${this.#run}-`)))
      cursor = page.nextCursor
    }
    this.#agent.destroy()
    return {
      requests: this.#requests,
      lost: this.#lost,
      acknowledged: this.#written.size,
      there: names.length,
      missing: [...this.#written].filter((name) => !names.includes(name)),
      unasked: names.filter((name) => !this.#written.has(name)),
    }
  }

  async #client(number: number): Promise<void> {
    for (let turn = 0; !this.#isEnding; turn += 1) {
      const isWrite = turn % 10 === 9
      const name = `${this.#run}-${number}-${turn}`
      const target = isWrite ? '/api/v1/categories' : turn % 3 === 0 ? '/' : '/api/v1/me'
      const from = this.#phase
      this.#requests += 1
      try {
        const answer = isWrite
          ? await this.#ask('POST', target, JSON.stringify({ name, kind: 'expense' }))
          : await this.#ask('GET', target)
        if (answer.status === (isWrite ? 201 : 200)) {
          if (isWrite) this.#written.add(name)
        } else
          this.#lost.push(`${from}: ${target} was answered ${answer.status} ${answer.body.slice(0, SAID)}`)
      } catch (error) {
        this.#lost.push(`${from}: ${isWrite ? 'POST' : 'GET'} ${target}: ${(error as Error).message}`)
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  #ask(method: string, path: string, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === '' ? this.#bearer : { ...this.#bearer, 'content-type': 'application/json' }
      const options = { host: '127.0.0.1', port: this.#port, method, path, headers, agent: this.#agent }
      const request = https.request({ ...options, rejectUnauthorized: false }, (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.on('error', reject)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }))
      })
      request.on('error', reject)
      request.end(body)
    })
  }
}

/** Prints an outcome. @returns whether nothing was lost, and every write is there once */
export function isWhole(outcome: Outcome): boolean {
  const { requests, lost, acknowledged, there, missing, unasked } = outcome
  console.log(
    `${requests} requests, ${lost.length} lost; ${acknowledged} writes acknowledged, ${there} there`,
  )
  for (const line of lost.slice(0, 20)) console.log(`  ${line}`)
  if (missing.length > 0) console.log(`  acknowledged and not there: ${missing.slice(0, 5).join(', ')}`)
  return lost.length + missing.length + unasked.length === 0
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
