/**
 * The control plane's connection: persons, sessions, routing of inbound events. Its login sees no tenant table, and
 * only the modules identity and whatsapp use it.
 */
import type pg from 'pg'
import type { Statement } from './database.ts'

export interface ControlQueries {
  query<Row>(text: string, ...values: readonly unknown[]): Promise<Row[]>
}

export interface ControlPlane extends ControlQueries {
  /** One prepared statement, in one round trip. */
  run<Row>(statement: Statement): Promise<Row[]>
  transaction<T>(work: (queries: ControlQueries) => Promise<T>): Promise<T>
  close(): Promise<void>
}

export function createControlPlane(pool: pg.Pool): ControlPlane {
  const query = async <Row>(text: string, ...values: readonly unknown[]): Promise<Row[]> =>
    (await pool.query(text, values as unknown[])).rows as Row[]
  return {
    query,
    run: async <Row>({ name, text, values }: Statement) =>
      (await pool.query({ text, values: values as unknown[], ...(name === undefined ? {} : { name }) }))
        .rows as Row[],
    async transaction(work) {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query('begin')
        const answer = await work({
          query: async <Row>(text: string, ...values: readonly unknown[]) =>
            (await client.query(text, values as unknown[])).rows as Row[],
        })
        await client.query('commit')
        return answer
      } catch (error) {
        await client.query('rollback').catch((failure: unknown) => {
          broken = failure as Error
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
    close: () => pool.end(),
  }
}
