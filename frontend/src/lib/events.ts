/**
 * What happens elsewhere. One stream per browser: the tab that holds the lock listens to the server and tells the others;
 * when it closes, the lock and with it the stream go to the next. Without locks each tab has a stream of its own.
 */
import { EVENT_TOPICS } from '@chronos/contracts/events'
import type { EventTopic } from '@chronos/contracts/events'
import { API } from './api-client.ts'

export type FeedMessage = { kind: 'changed'; topics: EventTopic[] } | { kind: 'reset' }

/** The part of EventSource that is used; a fake of it in tests. */
export interface EventStream {
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void
  readonly readyState: number
  close(): void
}

export interface FeedOptions {
  open: (url: string) => EventStream
  onMessage: (message: FeedMessage) => void
  /** Called before a stream that the server refused is opened again: renews the session. False: signed out, give up. */
  renew: () => Promise<boolean>
  wait?: (ms: number) => Promise<void>
}

const CLOSED = 2
const MAX_WAIT_MS = 30_000

/** Reads one `changed` event; unknown topics of a newer server are left out. */
export function parseChanged(data: string): FeedMessage | null {
  try {
    const { topics } = JSON.parse(data) as { topics?: unknown }
    if (!Array.isArray(topics)) return null
    const known = EVENT_TOPICS.filter((topic) => topics.includes(topic))
    return known.length === 0 ? null : { kind: 'changed', topics: known }
  } catch {
    return null
  }
}

/**
 * Keeps a stream open until `close` is called. The browser itself resumes a broken stream with its last event id; a
 * stream that the server refused is opened anew, and since what happened meanwhile is then unknown, as a reset.
 */
export function openFeed(options: FeedOptions): { close: () => void } {
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)))
  let stream: EventStream | null = null
  let closed = false
  let failures = 0

  const connect = (missed: boolean): void => {
    const current = options.open(`${API}/events`)
    stream = current
    current.addEventListener('open', () => {
      failures = 0
      if (missed) options.onMessage({ kind: 'reset' })
      missed = false
    })
    current.addEventListener('changed', (event) => {
      const message = parseChanged(event.data)
      if (message) options.onMessage(message)
    })
    current.addEventListener('reset', () => options.onMessage({ kind: 'reset' }))
    current.addEventListener('error', () => {
      if (closed || current.readyState !== CLOSED) return
      void reconnect()
    })
  }

  const reconnect = async (): Promise<void> => {
    failures += 1
    await wait(Math.min(MAX_WAIT_MS, 500 * 2 ** failures))
    if (closed) return
    if (!(await options.renew())) return
    if (!closed) connect(true)
  }

  connect(false)
  return {
    close: () => {
      closed = true
      stream?.close()
    },
  }
}

/**
 * Listens for this browser.
 * @param scope tabs of one scope (workspace and person) share a stream
 * @returns what ends this tab's part
 */
export function listen(scope: string, options: FeedOptions): () => void {
  if (!('locks' in navigator) || typeof BroadcastChannel === 'undefined') return openFeed(options).close
  const channel = new BroadcastChannel(`chronos.events.${scope}`)
  const ended = new AbortController()
  channel.addEventListener('message', (event: MessageEvent<FeedMessage>) => options.onMessage(event.data))
  const onMessage = (message: FeedMessage): void => {
    options.onMessage(message)
    channel.postMessage(message)
  }
  navigator.locks
    .request(`chronos.events.${scope}`, { signal: ended.signal }, async () => {
      const feed = openFeed({ ...options, onMessage })
      await new Promise<void>((resolve) => {
        ended.signal.addEventListener('abort', () => resolve(), { once: true })
        if (ended.signal.aborted) resolve()
      })
      feed.close()
    })
    .catch(() => {
      // Ended before this tab's turn came.
    })
  return () => {
    ended.abort()
    channel.close()
  }
}
