/** The same numbers every time, so that the demo of two machines tells the same story. */
export interface Random {
  /** 0 or more, under 1. */
  next(): number
  /** An integer, both ends included. */
  between(range: readonly [number, number]): number
  pick<T>(items: readonly [T, ...T[]]): T
  chance(probability: number): boolean
}

/** mulberry32: 32 bits of state, good enough for a story. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = ([low, high]: readonly [number, number]): number =>
    low + Math.floor(next() * (high - low + 1))
  return {
    next,
    between,
    pick: (items) => items[between([0, items.length - 1])] ?? items[0],
    chance: (probability) => next() < probability,
  }
}
