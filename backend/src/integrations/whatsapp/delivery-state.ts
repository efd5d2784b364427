/**
 * A message of ours only moves forward. Meta promises no order: `read` may come without `delivered`, and a late
 * `sent` after `read`. A receipt from the person's device outranks a failure, since it proves that the message came.
 */
import type { DeliveryStatus } from './payloads.ts'

export type OutboundState = 'queued' | 'unknown' | DeliveryStatus

const RANK: Readonly<Record<OutboundState, number>> = {
  queued: 0,
  unknown: 1,
  sent: 2,
  failed: 3,
  delivered: 4,
  read: 5,
}

export function deliveryRank(state: OutboundState): number {
  return RANK[state]
}

/** @returns the state after a status, whichever of the two came first. */
export function laterState(current: OutboundState, incoming: OutboundState): OutboundState {
  return RANK[incoming] > RANK[current] ? incoming : current
}

/** The states that an incoming status may replace: for an UPDATE that compares and sets in one statement. */
export function statesBefore(incoming: OutboundState): OutboundState[] {
  const states = Object.keys(RANK) as OutboundState[]
  return states.filter((state) => RANK[state] < RANK[incoming])
}
