import { beforeEach, describe, expect, it } from 'vitest'
import { forgetInvitationToken, takeInvitationToken, tokenOf } from './invitation-token.ts'

const SECRET = 'a-secret_of_a_link_0123456789'

describe('the secret of an invitation', () => {
  beforeEach(() => {
    sessionStorage.clear()
    history.replaceState(null, '', '/invitation')
  })

  it('is read from the fragment alone, whole', () => {
    expect(tokenOf(`#token=${SECRET}`)).toBe(SECRET)
    for (const other of ['', '#', '#token=', '#token=short', `#token=${SECRET}&x=1`, `?token=${SECRET}`])
      expect(tokenOf(other)).toBeNull()
  })

  it('leaves the address at once and outlives a sign-in', () => {
    history.replaceState(null, '', `/invitation#token=${SECRET}`)
    expect(takeInvitationToken()).toBe(SECRET)
    expect(location.hash).toBe('')
    expect(takeInvitationToken()).toBe(SECRET)
    forgetInvitationToken()
    expect(takeInvitationToken()).toBeNull()
  })
})
