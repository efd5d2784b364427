/** Takes envelopes as Sentry's endpoint does, for tests: checks address, key and form, and answers with an id. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SentryDouble {
  dsn: string
  /** Events that were taken. */
  events: Record<string, unknown>[]
  /** Envelopes as they came. */
  raw: string[]
  /** Answers 429 with this many seconds until it is null again. */
  limitSeconds: number | null
  close(): Promise<void>
}

const KEY = '0123456789abcdef0123456789abcdef'
const PROJECT = '42'

export async function startSentryDouble(): Promise<SentryDouble> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const answer = (status: number, body: object): void => {
        // Browsers send from another origin.
        response.setHeader('access-control-allow-origin', '*')
        response.setHeader('access-control-allow-headers', '*')
        if (status === 429) response.setHeader('retry-after', String(double.limitSeconds))
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      if (request.method === 'OPTIONS') return answer(200, {})
      const url = new URL(request.url ?? '/', 'http://sentry.example')
      if (request.method !== 'POST' || url.pathname !== `/api/${PROJECT}/envelope/`)
        return answer(404, { detail: 'no such project' })
      const body = Buffer.concat(chunks).toString()
      double.raw.push(body)
      if (double.limitSeconds !== null) return answer(429, { detail: 'Too many requests' })
      if (url.searchParams.get('sentry_key') !== KEY) return answer(403, { detail: 'bad sentry_key' })
      const items = itemsOf(body)
      if (items === null) return answer(400, { detail: 'invalid event envelope' })
      double.events.push(...items)
      return answer(200, { id: items[0]?.['event_id'] ?? '' })
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const double: SentryDouble = {
    dsn: `http://${KEY}@127.0.0.1:${(server.address() as AddressInfo).port}/${PROJECT}`,
    events: [],
    raw: [],
    limitSeconds: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return double
}

/** Lines of JSON: the envelope's header, then for each item its header and its payload. */
function itemsOf(body: string): Record<string, unknown>[] | null {
  try {
    const [header, ...lines] = body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    if (header === undefined || lines.length % 2 !== 0) return null
    return lines.flatMap((line, index) =>
      lines[index - 1]?.['type'] === 'event' && index % 2 === 1 ? [line] : [],
    )
  } catch {
    return null
  }
}
