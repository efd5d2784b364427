/**
 * Measures of several processes behind one port (API_PROCESSES): whichever of them is scraped answers for all, else each
 * scrape would be of another one. The process that started them asks each, adds up what came in time, and goes on
 * counting what ended ones had counted: a sum that fell would look like a new beginning, and all that is left of it like
 * an increase.
 */
import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client'

export type Measures = MetricObjectWithValues<MetricValue<string>>[]

type Message =
  | { measures: 'joined' }
  | { measures: 'wanted'; id: number }
  | { measures: 'asked'; id: number }
  | { measures: 'mine'; id: number; mine: Measures }
  | { measures: 'all'; id: number; text: string }

/** What a process said before stands for one that does not answer by then. */
const ANSWER_MS = 2000

function messageOf(value: unknown): Message | null {
  return typeof value === 'object' && value !== null && 'measures' in value ? (value as Message) : null
}

/**
 * Has this process answer for itself when another one is scraped.
 * @returns prints the measures of all processes; null where this is no process of several
 */
export function joinMeasures(own: () => Promise<Measures>): (() => Promise<string>) | null {
  if (!cluster.isWorker) return null
  const waiting = new Map<number, (text: string) => void>()
  let scrapes = 0
  process.on('message', (value) => {
    const message = messageOf(value)
    if (message?.measures === 'asked')
      void own().then((mine) => process.send?.({ measures: 'mine', id: message.id, mine } satisfies Message))
    if (message?.measures === 'all') waiting.get(message.id)?.(message.text)
  })
  process.send?.({ measures: 'joined' } satisfies Message)
  return async () => {
    const id = (scrapes += 1)
    try {
      return await new Promise<string>((resolve, reject) => {
        const late = (): void => reject(new Error('no measures of the other processes'))
        setTimeout(late, 2 * ANSWER_MS).unref()
        waiting.set(id, resolve)
        process.send?.({ measures: 'wanted', id } satisfies Message)
      })
    } finally {
      waiting.delete(id)
    }
  }
}

/** For the process that started the others: answers what they ask. */
export function addUpMeasures(): void {
  /** Those that joined, with what each last said. */
  const joined = new Map<Worker, Measures>()
  /** What is left of those that ended, as one. */
  let departed: Measures = []
  const rounds = new Map<number, (worker: Worker) => void>()
  let count = 0

  cluster.on('message', (worker, value) => {
    const message = messageOf(value)
    if (message?.measures === 'joined') joined.set(worker, [])
    if (message?.measures === 'mine') {
      joined.set(worker, message.mine)
      rounds.get(message.id)?.(worker)
    }
    if (message?.measures === 'wanted') void tell(worker, message.id)
  })
  cluster.on('exit', (worker) => {
    const counted = (joined.get(worker) ?? []).filter(({ type }) => COUNTED.has(String(type)))
    joined.delete(worker)
    void AggregatorRegistry.aggregate([departed, counted])
      .getMetricsAsJSON()
      .then((sum) => (departed = sum as Measures))
  })

  /** Asks all, and waits for those that answer in time; what the others last said stands for them. */
  function askAll(): Promise<void> {
    const id = (count += 1)
    const missing = new Set([...joined.keys()].filter((worker) => worker.isConnected()))
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        rounds.delete(id)
        resolve()
      }
      const timer = setTimeout(end, ANSWER_MS)
      rounds.set(id, (worker) => {
        missing.delete(worker)
        if (missing.size === 0) end()
      })
      for (const worker of missing) worker.send({ measures: 'asked', id } satisfies Message)
    })
  }

  async function tell(worker: Worker, id: number): Promise<void> {
    await askAll()
    const text = await AggregatorRegistry.aggregate([...joined.values(), departed]).metrics()
    if (worker.isConnected()) worker.send({ measures: 'all', id, text } satisfies Message)
  }
}

/** What only grows; the memory of a process that ended is none. */
const COUNTED = new Set(['counter', 'histogram'])
