/**
 * Proving again that it is you, in the middle of something. Calls that the server answers with `step_up_required` wait
 * here for one dialog, however many they are, and are sent again after it.
 */
import { useSyncExternalStore } from 'react'

interface Asking {
  proof: Promise<boolean>
  settle: (proved: boolean) => void
}

let asking: Asking | null = null
let places = 0
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

/** Asks the person for a proof. @returns whether it was given; false at once where no page can ask */
export function askForProof(): Promise<boolean> {
  if (asking) return asking.proof
  if (places === 0) return Promise.resolve(false)
  let settle: (proved: boolean) => void = () => undefined
  const proof = new Promise<boolean>((resolve) => {
    settle = resolve
  })
  asking = { proof, settle }
  tell()
  return proof
}

/** Ends the asking: all that waited go on, or give up. */
export function settleProof(proved: boolean): void {
  const ended = asking
  asking = null
  ended?.settle(proved)
  tell()
}

/** For the one place that shows the dialog. @returns what takes the place away; who waits then gives up */
export function offerProofPlace(): () => void {
  places += 1
  return () => {
    places -= 1
    if (places === 0) settleProof(false)
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function isProofWanted(): boolean {
  return asking !== null
}

export function useProofWanted(): boolean {
  return useSyncExternalStore(subscribe, isProofWanted)
}
