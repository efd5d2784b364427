/** Time as an argument, so that tests own it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

export interface FixedClock extends Clock {
  /** Moves time on by so many milliseconds. */
  advance(ms: number): void
}

/** A clock that stands still until it is moved. `start` is an instant, as an ISO string or a Date. */
export function fixedClock(start: Date | string): FixedClock {
  let nowMs = new Date(start).getTime()
  return {
    now: () => new Date(nowMs),
    advance: (ms) => {
      nowMs += ms
    },
  }
}
