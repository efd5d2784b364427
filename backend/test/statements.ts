/** Which statements reach the driver, so that a test can say how many a request costs. Install it before the harness. */
import pg from 'pg'

export interface StatementLog {
  /** Runs `work` and gives the statements sent meanwhile, without those that frame a transaction. */
  during(work: () => Promise<unknown>): Promise<string[]>
  remove(): void
}

type Query = (...parameters: unknown[]) => unknown
const FRAME = /^(begin|commit|set local)\b/i

export function logStatements(): StatementLog {
  const seen: string[] = []
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const original = prototype.query
  prototype.query = function (this: unknown, ...parameters: unknown[]) {
    const [first] = parameters
    const text = typeof first === 'string' ? first : (first as { text?: unknown } | null)?.text
    if (typeof text === 'string' && !FRAME.test(text)) seen.push(text)
    return original.apply(this, parameters)
  }
  return {
    async during(work) {
      seen.length = 0
      await work()
      return [...seen]
    },
    remove() {
      prototype.query = original
    },
  }
}
