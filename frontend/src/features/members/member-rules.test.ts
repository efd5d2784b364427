import { ROLES } from '@chronos/contracts/permissions'
import { describe, expect, it } from 'vitest'
import { GIVEN_ROLES, canBeRestricted, canChange, isGivenRole } from './member-rules.ts'

describe('what is offered on the page of members', () => {
  it('is every role but owner', () => {
    expect([...GIVEN_ROLES, 'owner'].sort()).toEqual([...ROLES].sort())
    expect(isGivenRole('owner')).toBe(false)
    expect(isGivenRole(null)).toBe(false)
    expect(isGivenRole('viewer')).toBe(true)
  })

  it('keeps accounts from members and viewers alone', () => {
    expect(ROLES.filter(canBeRestricted)).toEqual(['member', 'viewer'])
  })

  it('changes others, never the owner and never oneself', () => {
    const other = { role: 'member', isYou: false } as const
    expect(ROLES.filter((role) => canChange(role, other))).toEqual(['owner', 'admin'])
    expect(canChange('admin', { role: 'owner', isYou: false })).toBe(false)
    expect(canChange('admin', { role: 'admin', isYou: true })).toBe(false)
  })
})
