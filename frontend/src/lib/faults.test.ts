import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startSentryDouble, type SentryDouble } from '../../../backend/src/integrations/sentry-double.ts'
import { startFaults } from './faults.ts'
import { withoutValues } from './sentry.ts'

let sentry: SentryDouble

beforeAll(async () => {
  sentry = await startSentryDouble()
})
afterAll(() => sentry.close())
afterEach(() => {
  sentry.events.length = 0
})

describe('failures of pages', () => {
  it('load nothing where no address is set', () => {
    const load = vi.fn<() => Promise<never>>()
    expect([startFaults(undefined, load), startFaults('', load)]).toEqual([null, null])
    expect(load).not.toHaveBeenCalled()
  })

  it('leave for Sentry without amounts, e-mails, ids and what is quoted; what the API refused does not', async () => {
    const report = startFaults(sentry.dsn)
    const cause = new TypeError('cannot read ana@example.com')
    // Before Sentry's code has come.
    report?.(
      new Error('balance 1234.56 of 0194f1c2-7b1e-7c3a-9d4e-5f6071829304 is "Conta da Ana"', { cause }),
    )
    report?.({ status: 409, code: 'in_use', message: 'secret-of-a-problem' })
    await vi.waitFor(() => expect(sentry.events).toHaveLength(1), { timeout: 10_000 })
    const [event] = sentry.events
    expect(event?.['exception']).toMatchObject({ values: [{ type: 'TypeError' }, { type: 'Error' }] })
    expect(JSON.stringify(event)).not.toMatch(/1234|ana@|0194f1c2|Conta|secret/)
    for (const never of ['request', 'user', 'breadcrumbs', 'extra', 'contexts', 'tags'])
      expect(event).not.toHaveProperty(never)
  })

  it('are still failures that can be told apart', () => {
    expect(
      withoutValues('Failed to fetch dynamically imported module: https://x.example/assets/a.js?token=1'),
    ).toBe('Failed to fetch dynamically imported module: …')
    expect(withoutValues('Cannot read properties of undefined (reading "name")')).toBe(
      'Cannot read properties of undefined (reading …',
    )
  })

  it('hinder nobody where the part that tells cannot be had', async () => {
    const report = startFaults(sentry.dsn, () => Promise.reject(new Error('blocked')))
    report?.(new Error('x'))
    await Promise.resolve()
    expect(sentry.events).toEqual([])
  })
})
