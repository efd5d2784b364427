/** Lets a few in at once, has a few more wait, and turns the rest away: costly work cannot starve everything else. */
import { AppError } from './errors.ts'

export interface Gate {
  /** @throws AppError unavailable, with Retry-After, where too many wait already */
  run<T>(work: () => Promise<T>): Promise<T>
}

export function createGate({ places, waiting }: { places: number; waiting: number }): Gate {
  let free = places
  const queue: (() => void)[] = []
  return {
    async run(work) {
      if (free > 0) free -= 1
      else {
        if (queue.length >= waiting) throw new AppError('unavailable', { headers: { 'retry-after': '2' } })
        // Whoever leaves hands the place over, so that nobody who comes meanwhile takes it.
        await new Promise<void>((enter) => void queue.push(enter))
      }
      try {
        return await work()
      } finally {
        const next = queue.shift()
        if (next) next()
        else free += 1
      }
    },
  }
}
