import { afterEach, describe, expect, it } from 'vitest'
import { askForProof, offerProofPlace, settleProof } from './step-up.ts'

let leave: (() => void) | null = null

afterEach(() => {
  leave?.()
  leave = null
})

describe('askForProof', () => {
  it('gives up at once where no page can ask', async () => {
    await expect(askForProof()).resolves.toBe(false)
  })

  it('asks once for all that wait, and asks anew after that', async () => {
    leave = offerProofPlace()
    const first = askForProof()
    const second = askForProof()
    settleProof(true)
    await expect(Promise.all([first, second])).resolves.toEqual([true, true])
    const third = askForProof()
    settleProof(false)
    await expect(third).resolves.toBe(false)
  })

  it('gives up when the page that asked goes away', async () => {
    const away = offerProofPlace()
    const waiting = askForProof()
    away()
    await expect(waiting).resolves.toBe(false)
  })
})
