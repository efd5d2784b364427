import { describe, expect, it } from 'vitest'
import { latestConsents } from './latest-consents.ts'

const AT = '2026-11-23T12:00:00.000Z'

describe('latestConsents', () => {
  it('takes the newest word on each kind, and knows where none was said', () => {
    const taken = { kind: 'product_mail', version: '1', given: false, at: AT } as const
    const given = { ...taken, given: true, at: '2026-01-01T00:00:00.000Z' }
    const terms = { kind: 'terms', version: '2', given: true, at: AT } as const
    expect(latestConsents([taken, terms, given])).toEqual([
      { kind: 'terms', latest: terms },
      { kind: 'privacy', latest: null },
      { kind: 'whatsapp_processing', latest: null },
      { kind: 'product_mail', latest: taken },
    ])
  })
})
