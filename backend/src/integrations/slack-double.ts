/** Answers as Slack's incoming webhooks do, for tests: `ok`, its refusals, and its 429 with Retry-After. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SlackDouble {
  url: string
  /** Texts that were taken, in their order. */
  texts: string[]
  /** Answers to the next posts, in their order; then `ok` again. */
  next: { status: number; body: string; retryAfter?: number }[]
  /** How many posts came, refused ones too. */
  posts(): number
  close(): Promise<void>
}

const PATH = '/services/T0000/B0000/secret-of-the-webhook'

/** A timer may be so much too early. */
const EARLY_MS = 20

export async function startSlackDouble(): Promise<SlackDouble> {
  const texts: string[] = []
  const next: SlackDouble['next'] = []
  let posts = 0
  let closedUntilMs = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      posts += 1
      const answer = (status: number, body: string, retryAfter?: number): void => {
        if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
        response.writeHead(status, { 'content-type': 'text/plain' }).end(body)
      }
      // Who comes back before the time is sent away again.
      const tooEarlyMs = closedUntilMs - Date.now()
      if (tooEarlyMs > 0) return answer(429, 'rate_limited', Math.ceil(tooEarlyMs / 1000))
      const planned = next.shift()
      if (planned?.retryAfter !== undefined) closedUntilMs = Date.now() + planned.retryAfter * 1000 - EARLY_MS
      if (planned) return answer(planned.status, planned.body, planned.retryAfter)
      if (request.method !== 'POST' || request.url !== PATH) return answer(404, 'no_service')
      const isJson = request.headers['content-type']?.startsWith('application/json') ?? false
      const text = isJson ? textOf(Buffer.concat(chunks).toString()) : null
      if (text === null) return answer(400, 'invalid_payload')
      if (text === '') return answer(400, 'no_text')
      texts.push(text)
      return answer(200, 'ok')
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`,
    texts,
    next,
    posts: () => posts,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function textOf(body: string): string | null {
  try {
    const { text } = JSON.parse(body) as { text?: unknown }
    return typeof text === 'string' ? text : null
  } catch {
    return null
  }
}
