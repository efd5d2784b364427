import { describe, expect, it } from 'vitest'
import { openFeed, parseChanged } from './events.ts'
import type { EventStream, FeedMessage } from './events.ts'
import { staleModules } from './query-keys.ts'

class FakeStream implements EventStream {
  readyState = 0
  private readonly listeners = new Map<string, ((event: MessageEvent<string>) => void)[]>()

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener])
  }

  close(): void {
    this.readyState = 2
  }

  emit(type: string, data = ''): void {
    for (const listener of this.listeners.get(type) ?? []) listener(new MessageEvent(type, { data }))
  }

  /** As the browser does when the server refuses the stream. */
  refuse(): void {
    this.readyState = 2
    this.emit('error')
  }
}

function newFeed(renew: () => Promise<boolean> = async () => true) {
  const streams: FakeStream[] = []
  const messages: FeedMessage[] = []
  const waits: number[] = []
  const feed = openFeed({
    open: () => {
      const stream = new FakeStream()
      streams.push(stream)
      return stream
    },
    onMessage: (message) => messages.push(message),
    renew,
    wait: async (ms) => {
      waits.push(ms)
    },
  })
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve()
  }
  return { feed, streams, messages, waits, settle, last: () => streams.at(-1) ?? new FakeStream() }
}

describe('openFeed', () => {
  it('passes changes and resets on', () => {
    const { messages, last } = newFeed()
    last().emit('changed', '{"topics":["transactions","accounts"]}')
    last().emit('reset')
    expect(messages).toEqual([{ kind: 'changed', topics: ['accounts', 'transactions'] }, { kind: 'reset' }])
  })

  it('leaves a broken stream to the browser, which resumes it with the last id', async () => {
    const { streams, last, settle } = newFeed()
    last().readyState = 0
    last().emit('error')
    await settle()
    expect(streams).toHaveLength(1)
  })

  it('renews the session and opens a refused stream anew; what was missed is a reset', async () => {
    const { streams, messages, last, settle } = newFeed()
    last().refuse()
    await settle()
    expect(streams).toHaveLength(2)
    last().emit('open')
    expect(messages).toEqual([{ kind: 'reset' }])
  })

  it('waits longer each time, at most half a minute, and begins anew after success', async () => {
    const { waits, last, settle } = newFeed()
    for (let turn = 0; turn < 8; turn += 1) {
      last().refuse()
      await settle()
    }
    expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(Math.max(...waits)).toBe(30_000)
    last().emit('open')
    last().refuse()
    await settle()
    expect(waits.at(-1)).toBe(1000)
  })

  it('gives up for who is signed out, and after being closed', async () => {
    const signedOut = newFeed(async () => false)
    signedOut.last().refuse()
    await signedOut.settle()
    expect(signedOut.streams).toHaveLength(1)
    const closed = newFeed()
    closed.last().refuse()
    closed.feed.close()
    await closed.settle()
    expect(closed.streams).toHaveLength(1)
  })
})

describe('parseChanged', () => {
  it.each(['', 'no json', '{}', '{"topics":3}', '{"topics":["weather"]}'])('is nothing for %j', (data) => {
    expect(parseChanged(data)).toBeNull()
  })
})

describe('staleModules', () => {
  it('takes what is summed along with what is changed, each once', () => {
    expect(staleModules(['transactions', 'accounts'])).toEqual([
      'transactions',
      'accounts',
      'reports',
      'budgets',
    ])
  })
})
