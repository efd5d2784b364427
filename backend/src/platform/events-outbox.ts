/** Gathers what is published and hands it over as one batch per `COALESCE_MS`. */
import { COALESCE_MS } from './events.ts'

/** Topics by tenant. */
export type Changes = Map<string, Set<string>>

export interface Batch {
  changes: Changes
  pokes: Set<string>
}

export interface Outbox {
  publish(tenantId: string, topics: readonly string[]): void
  poke(channel: string): void
  /** Sends what waits, now. */
  flush(): void
}

export function createOutbox(send: (batch: Batch) => void): Outbox {
  let batch = emptyBatch()
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    if (isEmpty(batch)) return
    const full = batch
    batch = emptyBatch()
    send(full)
  }
  function soon(): void {
    timer ??= setTimeout(flush, COALESCE_MS)
  }
  return {
    publish(tenantId, topics) {
      if (topics.length === 0) return
      addTopics(batch.changes, tenantId, topics)
      soon()
    },
    poke(channel) {
      batch.pokes.add(channel)
      soon()
    },
    flush,
  }
}

export function emptyBatch(): Batch {
  return { changes: new Map(), pokes: new Set() }
}

export function isEmpty(batch: Batch): boolean {
  return batch.changes.size === 0 && batch.pokes.size === 0
}

/** Both in one; neither is changed. */
export function merged(a: Batch, b: Batch): Batch {
  const sum = emptyBatch()
  for (const part of [a, b]) {
    for (const [tenantId, topics] of part.changes) addTopics(sum.changes, tenantId, topics)
    for (const channel of part.pokes) sum.pokes.add(channel)
  }
  return sum
}

function addTopics(changes: Changes, tenantId: string, topics: Iterable<string>): void {
  const known = changes.get(tenantId)
  if (known === undefined) changes.set(tenantId, new Set(topics))
  else for (const topic of topics) known.add(topic)
}
