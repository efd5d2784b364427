/**
 * Tells that something of a tenant has changed, and what (topics), never the change itself: listeners read it where
 * they may. Losing a message is allowed only when the listener is told so by `reset`.
 *
 * What is published within `COALESCE_MS` leaves as one message. Ids (`milliseconds-sequence`) grow; several messages
 * may share one while Redis is away.
 */
export interface EventBus {
  /** Call it after the commit. Never throws, never waits. */
  publish(tenantId: string, topics: readonly string[]): void
  /**
   * Listens to one tenant from `lastEventId` on (null: from now on), until the returned function is called. What was
   * missed comes as one event, before this returns; where it is not known what was missed, that event is `reset`.
   */
  subscribe(tenantId: string, lastEventId: string | null, listener: EventListener): () => void
  /** The id to resume from for somebody who has seen everything so far. */
  position(): string
  /** Wakes whoever waits for a channel, in this process and the others. A hint: it may come twice, or for nothing. */
  poke(channel: string): void
  onPoke(channel: string, wake: () => void): () => void
  health(): 'up' | 'down'
  close(): Promise<void>
}

export interface BusEvent {
  id: string
  /** `reset`: events were missed, everything of the tenant may have changed; it has no topics. */
  name: 'changed' | 'reset'
  topics: readonly string[]
}

export type EventListener = (event: BusEvent) => void

export const COALESCE_MS = 25
/** Messages that can be resumed over. */
export const HISTORY = 5000
