/** What a database error says, whether it came from the driver or through Prisma. */

interface Parts {
  code?: unknown
  constraint?: unknown
  message?: unknown
  originalCode?: unknown
  originalMessage?: unknown
  cause?: unknown
  meta?: { driverAdapterError?: unknown; code?: unknown; message?: unknown }
}

export interface SqlError {
  /** SQLSTATE, as 23505. */
  state: string
  /** The violated constraint's name, without the shard's number that a cluster appends. */
  constraint: string | null
}

const SQLSTATE = /^[0-9A-Z]{5}$/

/** @returns null where the error is no answer of the database. */
export function sqlErrorOf(error: unknown, depth = 0): SqlError | null {
  if (typeof error !== 'object' || error === null || depth > 5) return null
  const parts = error as Parts
  for (const code of [parts.originalCode, parts.code]) {
    if (typeof code === 'string' && SQLSTATE.test(code) && !/^P[12]\d{3}$/.test(code)) {
      return { state: code, constraint: constraintOf(parts) }
    }
  }
  return sqlErrorOf(parts.meta?.driverAdapterError, depth + 1) ?? sqlErrorOf(parts.cause, depth + 1)
}

/** A cluster gives the constraint only inside the message, with the shard's number at its end. */
function constraintOf(parts: Parts): string | null {
  const message = [parts.originalMessage, parts.message].find((text) => typeof text === 'string') as
    string | undefined
  const name =
    typeof parts.constraint === 'string' ? parts.constraint : /constraint "([^"]+)"/.exec(message ?? '')?.[1]
  return name === undefined ? null : name.replace(/_\d+$/, '')
}

const RETRIED = new Set(['40001', '40P01'])

export function isSerializationFailure(error: unknown): boolean {
  const sql = sqlErrorOf(error)
  if (sql) return RETRIED.has(sql.state)
  return (error as { code?: unknown } | null)?.code === 'P2034'
}
