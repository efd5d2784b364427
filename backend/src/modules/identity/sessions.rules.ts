/** How long a session lives: 60 days at most, and 14 days unused, or as long as its workspace says. */
export const LIFETIME_MS = 60 * 86_400_000
export const IDLE_MS = 14 * 86_400_000
const MOST_TOUCH_MS = 5 * 60_000

/** @param idleMinutes what the workspace says; null where it says nothing */
export function idleLimitMs(idleMinutes: number | null): number {
  return idleMinutes === null ? IDLE_MS : Math.min(IDLE_MS, idleMinutes * 60_000)
}

/** How old the noted time of the last use may get before another use is noted: a fraction of what ends a session. */
export function touchAfterMs(idleMs: number): number {
  return Math.min(MOST_TOUCH_MS, idleMs / 10)
}
