import type pg from 'pg'
import { createPool } from './database.ts'
import type { Log } from './log.ts'

/** One pool for each replica, by host and port, which is what logs and metrics call them. */
export function createReplicaPools(urls: readonly string[], max: number, log: Log): Map<string, pg.Pool> {
  return new Map(
    urls.map((url) => {
      const pool = createPool({ url, max, applicationName: 'chronos-reads', pipeline: true })
      pool.on('error', (error) => log.warn({ err: error }, 'idle connection to a replica lost'))
      return [new URL(url).host, pool]
    }),
  )
}
