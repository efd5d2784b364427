/** What `make test-deploy` compares with: sizes as the compose file writes them. */
import { describe, expect, it } from 'vitest'
import { bytesOf } from './deploy-containers.ts'

describe('a size of memory', () => {
  it.each([
    ['256m', 268_435_456],
    ['2g', 2_147_483_648],
    ['64kb', 65_536],
    ['1000', 1000],
  ])('%s', (text, bytes) => {
    expect(bytesOf(text)).toBe(bytes)
  })

  it.each(['', '2 GB', 'much'])('is not "%s"', (text) => {
    expect(() => bytesOf(text)).toThrow(/no size/)
  })
})
