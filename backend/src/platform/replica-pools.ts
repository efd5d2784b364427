import type pg from 'pg'
import { createPool, type DatabaseTimeouts } from './database.ts'
import type { Log } from './log.ts'

export interface ReplicaPoolOptions {
  replicaUrls: readonly string[]
  poolSize: number
  namedStatements: boolean
  databaseTimeouts: DatabaseTimeouts
}

/** One pool for each replica, by host and port, which is what logs and metrics call them. */
export function createReplicaPools(options: ReplicaPoolOptions, log: Log): Map<string, pg.Pool> {
  const { replicaUrls, poolSize: max, namedStatements: named, databaseTimeouts: timeouts } = options
  return new Map(
    replicaUrls.map((url) => {
      const pool = createPool({ url, max, applicationName: 'chronos-reads', pipeline: true, named, timeouts })
      pool.on('error', (error) => log.warn({ err: error }, 'idle connection to a replica lost'))
      return [new URL(url).host, pool]
    }),
  )
}
