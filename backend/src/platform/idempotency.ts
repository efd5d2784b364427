/**
 * `Idempotency-Key`: the answer of a command is kept in the command's own transaction, under tenant, user and key, so
 * that effect and answer exist together or not at all. The same key with another body is refused, one still running
 * is 409, and a repeated one is answered with what was answered first.
 */
import { AppError } from './errors.ts'
import type { TenantQueries } from './tenancy.ts'

export interface IdempotencyClaim {
  key: string
  /** SHA-256 over method, path and body. */
  requestHash: string
  /** Status of success. */
  status: number
}

/** Not an error: the stored answer of an earlier request with the same key. */
export class ReplayedAnswer extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: unknown) {
    super('replayed')
    this.name = 'ReplayedAnswer'
    this.status = status
    this.body = body
  }
}

/**
 * Takes the key for this transaction.
 * @throws ReplayedAnswer when it was answered before
 * @throws AppError idempotency_in_progress, idempotency_mismatch
 */
export async function claimKey(tx: TenantQueries, claim: IdempotencyClaim): Promise<void> {
  const userId = tx.actor.userId
  if (userId === null) throw new AppError('internal', { detail: 'an idempotency key needs a user' })
  const [lock] = await tx.query<{ free: boolean }>(
    'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as free',
    `${tx.tenantId}:${userId}:${claim.key}`,
  )
  if (lock?.free !== true) {
    throw new AppError('idempotency_in_progress', {
      detail: 'A request with this Idempotency-Key is still running',
    })
  }
  const [known] = await tx.query<{ request_hash: string; status: number; response: unknown }>(
    'select request_hash, status, response from app.idempotency_keys where tenant_id = $1::uuid and user_id = $2::uuid and key = $3',
    tx.tenantId,
    userId,
    claim.key,
  )
  if (!known) return
  if (known.request_hash !== claim.requestHash) {
    throw new AppError('idempotency_mismatch', {
      detail: 'This Idempotency-Key was used with another request',
    })
  }
  throw new ReplayedAnswer(known.status, known.response)
}

/** Keeps the answer of the command that holds the key. */
export async function keepAnswer(tx: TenantQueries, claim: IdempotencyClaim, answer: unknown): Promise<void> {
  await tx.query(
    'insert into app.idempotency_keys (tenant_id, user_id, key, request_hash, status, response, created_at)' +
      ' values ($1::uuid, $2::uuid, $3, $4, $5::int, $6::jsonb, $7::timestamptz) returning key',
    tx.tenantId,
    tx.actor.userId,
    claim.key,
    claim.requestHash,
    claim.status,
    JSON.stringify(answer ?? null),
    new Date().toISOString(),
  )
}
