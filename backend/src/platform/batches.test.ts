import { describe, expect, it } from 'vitest'
import { createBatches } from './batches.ts'

/** A write that records what it is given and ends when it is told to. */
function controlled() {
  const written: number[][] = []
  const ends: ((error?: unknown) => void)[] = []
  const write = (items: readonly number[]): Promise<void> => {
    written.push([...items])
    return new Promise((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve() : reject(error)))
    })
  }
  return { written, write, end: (index: number, error?: unknown) => ends[index]?.(error) }
}

/** Some turns of the event loop: enough for everything that is scheduled, however busy the machine is. */
async function tick(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

const refusal = Object.assign(new Error('refused'), { code: '22P05' })
const options = { maxItems: 100, maxRunning: 1, maxWaiting: 1000 }

describe('createBatches', () => {
  it('writes what arrives together as one statement, and answers after it', async () => {
    const { written, write, end } = controlled()
    const batches = createBatches(write, options)
    const answers = Promise.all([batches([1]), batches([2, 3])])
    let answered = false
    void answers.then(() => (answered = true))
    await tick()
    expect(written).toEqual([[1, 2, 3]])
    expect(answered).toBe(false)
    end(0)
    await answers
  })

  it('gathers what arrives while a statement is under way', async () => {
    const { written, write, end } = controlled()
    const batches = createBatches(write, options)
    const first = batches([1])
    await tick()
    const others = Promise.all([batches([2]), batches([3])])
    await tick()
    expect(written).toEqual([[1]])
    end(0)
    await first
    await tick()
    expect(written).toEqual([[1], [2, 3]])
    end(1)
    await others
  })

  it('keeps to the number of items and of statements', async () => {
    const { written, write } = controlled()
    const batches = createBatches(write, { maxItems: 2, maxRunning: 2, maxWaiting: 1000 })
    for (const item of [1, 2, 3, 4, 5, 6]) void batches([item])
    await tick()
    expect(written).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it('tries each caller alone where the database refuses the whole', async () => {
    const written: number[][] = []
    const batches = createBatches<number>((items) => {
      if (items.includes(2)) return Promise.reject(refusal)
      written.push([...items])
      return Promise.resolve()
    }, options)
    const answers = await Promise.allSettled([batches([1]), batches([2]), batches([3])])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(written).toEqual([[1], [3]])
  })

  it('tells everybody when the database is gone, and goes on afterwards', async () => {
    let calls = 0
    const batches = createBatches<number>(() => {
      calls += 1
      return calls === 1 ? Promise.reject(new Error('Connection terminated')) : Promise.resolve()
    }, options)
    const answers = await Promise.allSettled([batches([1]), batches([2])])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(batches([3])).resolves.toBeUndefined()
    expect(calls).toBe(2)
  })

  it('lets no more wait than it may, and takes one again when some have gone', async () => {
    const { written, write, end } = controlled()
    const batches = createBatches(write, { maxItems: 2, maxRunning: 1, maxWaiting: 4 })
    const first = batches([1])
    await tick()
    const others = [batches([2, 3]), batches([4, 5])]
    await expect(batches([6])).rejects.toMatchObject({
      code: 'unavailable',
      details: { headers: { 'retry-after': '5' } },
    })
    end(0)
    await first
    await tick()
    const later = batches([7, 8])
    for (const index of [1, 2, 3]) {
      end(index)
      await tick()
    }
    await Promise.all([...others, later])
    expect(written).toEqual([[1], [2, 3], [4, 5], [7, 8]])
  })
})
