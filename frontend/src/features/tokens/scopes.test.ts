import { allows } from '@chronos/contracts/permissions'
import { describe, expect, it } from 'vitest'
import { givableScopes } from './scopes.ts'

describe('givableScopes', () => {
  it('are never more than the role has', () => {
    for (const role of ['owner', 'admin', 'member', 'viewer', 'accountant'] as const)
      for (const scope of givableScopes(role)) expect(allows(role, scope), `${role} ${scope}`).toBe(true)
  })

  it('let nobody write who only reads', () => {
    expect(givableScopes('viewer')).not.toContain('ledger.write')
    expect(givableScopes('accountant')).toContain('ledger.export')
    expect(givableScopes('member')).not.toContain('audit.read')
  })
})
