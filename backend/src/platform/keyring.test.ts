import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyring } from './keyring.ts'

const FIRST = 'a1'.repeat(32)
const SECOND = 'b2'.repeat(32)
const place = { owner: '0198-tenant', column: 'control.totp.secret' }

describe('a keyring', () => {
  it('opens what it sealed, whatever the text, and never seals two alike', () => {
    const keyring = createKeyring<string>(FIRST)
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const plain = text.toWellFormed()
        const [once, twice] = [keyring.seal(plain, place), keyring.seal(plain, place)]
        expect(once).not.toBe(twice)
        expect([keyring.open(once, place), keyring.open(twice, place)]).toEqual([plain, plain])
      }),
    )
  })

  it('does not open a value of another owner or column', () => {
    const keyring = createKeyring<string>(FIRST)
    const sealed = keyring.seal('JBSWY3DPEHPK3PXP', place)
    expect(() => keyring.open(sealed, { ...place, owner: 'another' })).toThrow()
    expect(() => keyring.open(sealed, { ...place, column: 'control.totp.other' })).toThrow()
  })

  it('does not open a value in which any byte was changed', () => {
    const keyring = createKeyring<string>(FIRST)
    const sealed = keyring.seal('a secret', place)
    const [id = '', body = ''] = sealed.split('.')
    const bytes = Buffer.from(body, 'base64url')
    for (let index = 0; index < bytes.length; index += 1) {
      const broken = Buffer.from(bytes)
      broken[index] = (broken[index] ?? 0) ^ 1
      expect(() => keyring.open(`${id}.${broken.toString('base64url')}`, place)).toThrow()
    }
    for (const text of ['', 'x', `${id}.`, `${id}.AAAA`]) expect(() => keyring.open(text, place)).toThrow()
  })

  it('reads with the key before, writes with the new one, and tells them apart', () => {
    const old = createKeyring<string>(FIRST).seal('kept', place)
    const both = createKeyring<string>(SECOND, [FIRST])
    expect(both.open(old, place)).toBe('kept')
    expect(both.keyOf(old)).not.toBe(both.currentId)
    expect(both.keyOf(both.seal('kept', place))).toBe(both.currentId)
    expect(() => createKeyring<string>(SECOND).open(old, place)).toThrow(/not configured/)
  })

  it('takes nothing but 32 bytes', () => {
    for (const key of ['', 'change-me', 'a1'.repeat(31), 'zz'.repeat(32)])
      expect(() => createKeyring<string>(key)).toThrow(/64 hexadecimal/)
  })
})
