/**
 * Writes of concurrent callers as one statement. What arrives while a statement is under way goes with the next one,
 * so that under load a commit and its wait for the disk are shared, and a lone caller waits for nobody.
 *
 * - A caller is answered after the commit of its own items, never before.
 * - Items that PostgreSQL refuses harm nobody else: each caller's are then tried alone.
 */
import { AppError } from './errors.ts'
import { sqlErrorOf } from './sql-errors.ts'

export interface BatchOptions {
  /** More items than this wait for the next statement, unless one caller brings them. */
  maxItems: number
  /** Statements under way at once. */
  maxRunning: number
  /** More items than this do not wait at all: their caller is refused, and comes again. */
  maxWaiting: number
}

interface Waiting<Item> {
  items: readonly Item[]
  resolve(): void
  reject(error: unknown): void
}

/**
 * @param write writes all of them or none
 * @returns a function that resolves when these items are written, and rejects with what `write` threw for them, or
 *   with AppError unavailable where too many wait
 */
export function createBatches<Item>(
  write: (items: readonly Item[]) => Promise<void>,
  { maxItems, maxRunning, maxWaiting }: BatchOptions,
): (items: readonly Item[]) => Promise<void> {
  let waiting: Waiting<Item>[] = []
  let waitingItems = 0
  let running = 0
  let isScheduled = false

  function schedule(): void {
    if (isScheduled || running >= maxRunning || waiting.length === 0) return
    isScheduled = true
    // After everything that has arrived by now has been read from its socket.
    setImmediate(() => {
      isScheduled = false
      void run(take())
      schedule()
    })
  }

  function take(): Waiting<Item>[] {
    let count = 0
    let callers = 0
    for (const { items } of waiting) {
      if (callers > 0 && count + items.length > maxItems) break
      count += items.length
      callers += 1
    }
    const batch = waiting.slice(0, callers)
    waiting = waiting.slice(callers)
    waitingItems -= count
    return batch
  }

  async function run(batch: readonly Waiting<Item>[]): Promise<void> {
    running += 1
    try {
      await write(batch.flatMap(({ items }) => items))
      for (const { resolve } of batch) resolve()
    } catch (error) {
      if (batch.length > 1 && sqlErrorOf(error) !== null) await alone(batch)
      else for (const { reject } of batch) reject(error)
    } finally {
      running -= 1
      schedule()
    }
  }

  async function alone(batch: readonly Waiting<Item>[]): Promise<void> {
    for (const { items, resolve, reject } of batch) await write(items).then(resolve, reject)
  }

  return (items) =>
    new Promise((resolve, reject) => {
      if (waitingItems > 0 && waitingItems + items.length > maxWaiting) {
        reject(new AppError('unavailable', { headers: { 'retry-after': '5' } }))
        return
      }
      waitingItems += items.length
      waiting.push({ items, resolve, reject })
      schedule()
    })
}
