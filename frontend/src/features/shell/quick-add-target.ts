/** A page with a form of its own for a new transaction takes the key `n`; everywhere else the drawer does. */
let target: (() => void) | null = null

/** @returns what gives the key back */
export function takeQuickAdd(focus: () => void): () => void {
  target = focus
  return () => {
    if (target === focus) target = null
  }
}

/** True where a page took it. */
export function quickAdd(): boolean {
  target?.()
  return target !== null
}
