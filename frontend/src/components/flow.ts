/** Which way money goes. */
export type Flow = 'expense' | 'income'

/** The signed minor units of an unsigned amount and its way. */
export function signedMinor(minor: number, flow: Flow): number {
  return flow === 'expense' && minor !== 0 ? -minor : minor
}

export function flowOf(signed: number): Flow {
  return signed > 0 ? 'income' : 'expense'
}
