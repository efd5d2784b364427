import { describe, expect, it } from 'vitest'
import { hashRecoveryCode, newRecoveryCodes, RECOVERY_CODES } from './recovery-codes.rules.ts'

describe('recovery codes', () => {
  const codes = Array.from({ length: 200 }, newRecoveryCodes).flat()

  it('have 112 random bits and more, in groups that can be read', () => {
    const letters = new Set<string>()
    for (const code of codes) {
      expect(code).toMatch(/^[0-9a-z]{4}(-[0-9a-z]{4})*$/)
      for (const letter of code.replaceAll('-', '')) letters.add(letter)
    }
    // Every place may hold every letter, so that each is worth as many bits as the alphabet has.
    const lengths = new Set(codes.map((code) => code.replaceAll('-', '').length))
    expect(lengths.size).toBe(1)
    const [length = 0] = lengths
    for (let place = 0; place < length; place += 1)
      expect(new Set(codes.map((code) => code.replaceAll('-', '')[place])).size).toBe(letters.size)
    expect(length * Math.log2(letters.size)).toBeGreaterThanOrEqual(112)
  })

  it('are never the same twice, and have no letters that are taken for others', () => {
    expect(new Set(codes).size).toBe(200 * RECOVERY_CODES)
    expect(codes.join('')).not.toMatch(/[ilou]/)
  })

  it('are known however they are typed, and of one person alone', () => {
    const [code = ''] = newRecoveryCodes()
    const typed = ` ${code.toUpperCase().replaceAll('-', ' ')} `
    expect(hashRecoveryCode('ana', typed)).toBe(hashRecoveryCode('ana', code))
    expect(hashRecoveryCode('ana', code.replaceAll('0', 'O').replaceAll('1', 'l'))).toBe(
      hashRecoveryCode('ana', code),
    )
    expect(hashRecoveryCode('bea', code)).not.toBe(hashRecoveryCode('ana', code))
  })
})
