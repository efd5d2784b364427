/** Sums of amounts, which PostgreSQL makes as `numeric` and a JSON number holds exactly up to 2^53 - 1. */
import { AppError } from './errors.ts'

/**
 * @param digits an integer as PostgreSQL prints it
 * @returns the same as a safe integer
 * @throws AppError amount_overflow
 */
export function safeTotal(digits: string | bigint): number {
  const total = BigInt(digits)
  if (total > BigInt(Number.MAX_SAFE_INTEGER) || total < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw new AppError('amount_overflow', { detail: 'A total is larger than can be told exactly' })
  }
  return Number(total)
}
