/** The bus of a single process. Its ids begin with its start: an id of an earlier process is not known. */
import type { Clock } from './clock.ts'
import { HISTORY, type EventBus } from './events.ts'
import { EventLog } from './events-log.ts'
import { createOutbox } from './events-outbox.ts'
import type { Log } from './log.ts'

export function createMemoryEventBus(options: { clock: Clock; log: Log; history?: number }): EventBus {
  let lastMs = options.clock.now().getTime()
  let sequence = 0
  const log = new EventLog({
    capacity: options.history ?? HISTORY,
    position: `${lastMs}-${sequence}`,
    log: options.log,
  })

  /** Grows even where the clock is set back. */
  function nextId(): string {
    const nowMs = options.clock.now().getTime()
    sequence = nowMs > lastMs ? 0 : sequence + 1
    lastMs = Math.max(nowMs, lastMs)
    return `${lastMs}-${sequence}`
  }

  const outbox = createOutbox(({ changes, pokes }) => {
    for (const channel of pokes) log.wake(channel)
    if (changes.size > 0) log.append({ id: nextId(), changes })
  })
  return {
    publish: outbox.publish,
    subscribe: (tenantId, lastEventId, listener) => log.subscribe(tenantId, lastEventId, listener),
    position: () => log.position,
    poke: outbox.poke,
    onPoke: (channel, wake) => log.onPoke(channel, wake),
    health: () => 'up',
    async close() {
      outbox.flush()
      log.clear()
    },
  }
}
