/**
 * The last messages, in order, and who listens to them. A listener resumes from an id only where all that came after it
 * is still here; else it is told `reset`.
 */
import type { BusEvent, EventListener } from './events.ts'
import type { Log } from './log.ts'

export interface LogEntry {
  id: string
  /** Topics by tenant; null: everything of everybody may have changed. */
  changes: ReadonlyMap<string, Iterable<string>> | null
}

export class EventLog {
  readonly #capacity: number
  readonly #log: Log
  readonly #listeners = new Map<string, Set<EventListener>>()
  readonly #wakers = new Map<string, Set<() => void>>()
  #entries: LogEntry[] = []
  /** All that came after this id is in `#entries`. */
  #floor: string
  #last: string

  constructor(options: { capacity: number; position: string; log: Log }) {
    this.#capacity = options.capacity
    this.#log = options.log
    this.#floor = options.position
    this.#last = options.position
  }

  get position(): string {
    return this.#last
  }

  append(entry: LogEntry): void {
    this.#entries.push(entry)
    this.#last = entry.id
    if (this.#entries.length > this.#capacity * 2) this.#trim()
    this.deliver(entry.changes)
  }

  /** Takes another history in place of this one, and tells everybody that events may have been missed. */
  replace(entries: readonly LogEntry[]): void {
    this.#entries = [...entries]
    this.#floor = entries[0]?.id ?? this.#last
    this.#last = entries.at(-1)?.id ?? this.#last
    this.deliver(null)
    for (const channel of this.#wakers.keys()) this.wake(channel)
  }

  /** Tells listeners without keeping: the id stays where it is. */
  deliver(changes: LogEntry['changes']): void {
    if (changes === null) {
      for (const listeners of this.#listeners.values()) this.#tell(listeners, this.#event(null))
      return
    }
    for (const [tenantId, topics] of changes) {
      const listeners = this.#listeners.get(tenantId)
      if (listeners) this.#tell(listeners, this.#event(topics))
    }
  }

  subscribe(tenantId: string, lastEventId: string | null, listener: EventListener): () => void {
    const missed = lastEventId === null ? undefined : this.#missed(tenantId, lastEventId)
    if (missed) this.#tell([listener], missed)
    return join(this.#listeners, tenantId, listener)
  }

  onPoke(channel: string, wake: () => void): () => void {
    return join(this.#wakers, channel, wake)
  }

  wake(channel: string): void {
    for (const wake of [...(this.#wakers.get(channel) ?? [])]) {
      try {
        wake()
      } catch (error) {
        this.#log.error({ err: error, channel }, 'A waker failed')
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
    this.#wakers.clear()
  }

  #missed(tenantId: string, lastEventId: string): BusEvent | undefined {
    if (!isEventId(lastEventId)) return this.#event(null)
    const isKnown =
      compareEventIds(lastEventId, this.#floor) >= 0 && compareEventIds(lastEventId, this.#last) <= 0
    if (!isKnown) return this.#event(null)
    const topics = new Set<string>()
    for (let i = this.#firstAfter(lastEventId); i < this.#entries.length; i += 1) {
      const changes = this.#entries[i]?.changes
      if (changes === null) return this.#event(null)
      for (const topic of changes?.get(tenantId) ?? []) topics.add(topic)
    }
    return topics.size === 0 ? undefined : this.#event(topics)
  }

  #firstAfter(id: string): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareEventIds(this.#entries[middle]?.id ?? id, id) > 0) high = middle
      else low = middle + 1
    }
    return low
  }

  #trim(): void {
    const surplus = this.#entries.length - this.#capacity
    this.#floor = this.#entries[surplus - 1]?.id ?? this.#floor
    this.#entries = this.#entries.slice(surplus)
  }

  #event(topics: Iterable<string> | null): BusEvent {
    return { id: this.#last, name: topics === null ? 'reset' : 'changed', topics: [...(topics ?? [])] }
  }

  #tell(listeners: Iterable<EventListener>, event: BusEvent): void {
    for (const listener of [...listeners]) {
      try {
        listener(event)
      } catch (error) {
        this.#log.error({ err: error }, 'An event listener failed')
      }
    }
  }
}

function join<T>(groups: Map<string, Set<T>>, name: string, member: T): () => void {
  const group = groups.get(name) ?? new Set<T>()
  groups.set(name, group.add(member))
  return () => {
    group.delete(member)
    if (group.size === 0 && groups.get(name) === group) groups.delete(name)
  }
}

export function isEventId(id: string): boolean {
  return /^\d{1,15}-\d{1,15}$/.test(id)
}

/** Negative where `a` is the older one. Both must be event ids. */
export function compareEventIds(a: string, b: string): number {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number)
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number)
  return aMs - bMs || aSeq - bSeq
}
