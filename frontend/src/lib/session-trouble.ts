/** Refusals that say more than their own call: the session is over, or the role is another than it was. */
import { ApiError } from './api-client.ts'

export type SessionTrouble = 'over' | 'role_changed'

const listeners = new Set<(trouble: SessionTrouble) => void>()

/** What a refusal tells about the session, or null. A wrong password is a 401 too, and tells nothing about it. */
export function troubleOf(error: unknown): SessionTrouble | null {
  if (!(error instanceof ApiError)) return null
  if (error.code === 'unauthenticated' || error.code === 'session_ended') return 'over'
  return error.code === 'forbidden' ? 'role_changed' : null
}

export function noteSessionTrouble(error: unknown): void {
  const trouble = troubleOf(error)
  if (trouble !== null) for (const listener of listeners) listener(trouble)
}

/** @returns what ends the listening */
export function onSessionTrouble(listener: (trouble: SessionTrouble) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
