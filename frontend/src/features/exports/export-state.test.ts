import { describe, expect, it } from 'vitest'
import { isThere, isUnderWay } from './export-state.ts'

describe('the state of an export', () => {
  const now = new Date('2026-11-23T12:00:00Z')

  it('is under way until there is a file or a failure', () => {
    expect(
      (['waiting', 'running', 'ready', 'failed', 'expired'] as const).filter((status) =>
        isUnderWay({ status }),
      ),
    ).toEqual(['waiting', 'running'])
  })

  it('offers the file until it expires', () => {
    expect(isThere({ status: 'ready', expiresAt: '2026-11-23T12:00:01Z' }, now)).toBe(true)
    expect(isThere({ status: 'ready', expiresAt: '2026-11-23T12:00:00Z' }, now)).toBe(false)
    expect(isThere({ status: 'expired', expiresAt: null }, now)).toBe(false)
    expect(isThere({ status: 'running', expiresAt: null }, now)).toBe(false)
  })
})
