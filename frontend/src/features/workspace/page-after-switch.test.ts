import { describe, expect, it } from 'vitest'
import { pageAfterSwitch } from './page-after-switch.ts'

describe('pageAfterSwitch', () => {
  it('stays on a page that the new role may see', () => {
    expect(pageAfterSwitch('/budgets', 'viewer')).toBe('/budgets')
    expect(pageAfterSwitch('/audit', 'accountant')).toBe('/audit')
  })

  it('goes to the overview where the new role may not see the page', () => {
    expect(pageAfterSwitch('/audit', 'member')).toBe('/')
    expect(pageAfterSwitch('/import', 'viewer')).toBe('/')
  })

  it('goes to the overview from pages of one workspace alone', () => {
    expect(pageAfterSwitch('/settings/workspace', 'owner')).toBe('/')
    expect(pageAfterSwitch('/no-such-page', 'owner')).toBe('/')
  })
})
