import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { identityIn, newIdentity, recipientsIn } from './age-identity.ts'

describe('an identity of age', () => {
  it('is one to age’s own library, and its are ones here', async () => {
    for (let round = 0; round < 100; round += 1) {
      const ours = newIdentity()
      expect(identityIn(ours)).toBe(ours)
      const public1 = await identityToRecipient(ours)
      const theirs = await generateX25519Identity()
      expect(identityIn(theirs)).toBe(theirs)
      const public2 = await identityToRecipient(theirs)
      expect(recipientsIn(`${public1} ${public2}`)).toEqual([public1, public2])
    }
  })

  it('is none once a letter of it is another one', () => {
    const identity = newIdentity()
    for (let at = 'AGE-SECRET-KEY-1'.length; at < identity.length; at += 1)
      for (const letter of 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LBIO1')
        if (letter !== identity[at])
          expect(() => identityIn(identity.slice(0, at) + letter + identity.slice(at + 1))).toThrow(
            /is no age/,
          )
  })

  it('is none in small letters, which age does not take either', () => {
    expect(() => identityIn(newIdentity().toLowerCase())).toThrow(/is no age identity/)
  })
})
