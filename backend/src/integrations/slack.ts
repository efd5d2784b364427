/**
 * Slack's incoming webhooks: a POST of `{ text }`, answered `ok`. When Slack asks to come back later (429 with
 * Retry-After) the message waits that long; what Slack refuses for good (a webhook that was removed, a channel that is
 * archived) is not tried again.
 */
import { setTimeout as wait } from 'node:timers/promises'

export type SlackResult = { outcome: 'sent' } | { outcome: 'failed'; reason: string }

export interface SlackOptions {
  url: string
  timeoutMs?: number
  /** Longer than this nobody waits for Slack. */
  maxWaitSeconds?: number
}

const TRIES = 3
const DEFAULT_WAIT_SECONDS = 1

/** @param text plain; what Slack would read as a link or a mention is escaped */
export async function postToSlack(
  { url, timeoutMs = 10_000, maxWaitSeconds = 60 }: SlackOptions,
  text: string,
): Promise<SlackResult> {
  const body = JSON.stringify({ text: escape(text) })
  let reason = ''
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const answer = await send(url, body, timeoutMs)
    if (answer.status === 200) return { outcome: 'sent' }
    reason = answer.reason
    if (answer.status !== null && answer.status !== 429 && answer.status < 500) break
    const seconds = answer.retryAfter ?? DEFAULT_WAIT_SECONDS * 2 ** (tries - 1)
    if (tries === TRIES || seconds > maxWaitSeconds) break
    await wait(seconds * 1000, undefined, { ref: false })
  }
  return { outcome: 'failed', reason }
}

interface SlackAnswer {
  /** Null: no answer came. */
  status: number | null
  retryAfter: number | null
  /** Without the address: it is a secret. */
  reason: string
}

async function send(url: string, body: string, timeoutMs: number): Promise<SlackAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const said = (await response.text()).slice(0, 100)
    const header = response.headers.get('retry-after')
    const retryAfter = header !== null && /^\d{1,6}$/.test(header) ? Number(header) : null
    return { status: response.status, retryAfter, reason: `Slack answers ${response.status} ${said}` }
  } catch (error) {
    const name = error instanceof Error ? error.name : 'Error'
    return { status: null, retryAfter: null, reason: `Slack does not answer (${name})` }
  }
}

/** As Slack asks: these three and no others. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
