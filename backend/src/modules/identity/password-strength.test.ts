import { dictionary } from '@zxcvbn-ts/language-common'
import { describe, expect, it } from 'vitest'
import { DEMO_LOGIN } from '../../../prisma/demo-login.ts'
import { NO_BREACHED_PASSWORDS, type BreachedPasswords } from '../../platform/breached-passwords.ts'
import { AppError } from '../../platform/errors.ts'
import { assertStrongPassword } from './password-strength.ts'

const ABOUT = ['Ana Ribeiro', 'ana.ribeiro@exemplo.com.br', 'Padaria Aurora']

async function refusal(
  password: string,
  about: readonly string[] = ABOUT,
  breached: BreachedPasswords = NO_BREACHED_PASSWORDS,
): Promise<AppError | null> {
  try {
    await assertStrongPassword({ breached }, password, about)
    return null
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

describe('a password', () => {
  it.each([
    ['four words', 'correct horse battery staple'],
    ['a phrase in Portuguese', 'uma senha bem comprida'],
    ['random characters', 'xK9#mQ2$vL7w'],
    ['one kind of characters alone', 'dfgwjnbqzlrtvk'],
    ['64 characters and more', 'a rather long sentence that goes on and on, past the sixty-four characters'],
    [
      '256 random characters',
      Array.from({ length: 256 }, (_, i) => String.fromCharCode(33 + ((i * 7919) % 94))).join(''),
    ],
    ["the demo's", DEMO_LOGIN.password],
  ])('may be %s', async (_what, password) => {
    expect(await refusal(password)).toBeNull()
  })

  it.each([
    ['a common one', 'password1'],
    ['a common one in disguise', 'P@ssw0rd!'],
    ['keys in a row', 'qwertyuiop'],
    ['one character, however often', 'x'.repeat(256)],
    ['a short piece, however often', 'aB3$'.repeat(64)],
    ['a date', '20/11/1987'],
    ['the own name', 'AnaRibeiro'],
    ['the own e-mail', 'ana.ribeiro@exemplo.com.br'],
    ['the workspace and a year', 'PadariaAurora2026'],
    ['the product', 'chronos-chronos'],
    ['the product and a number', 'Chronos!20261123'],
  ])('may not be %s', async (_what, password) => {
    expect((await refusal(password))?.code).toBe('weak_password')
  })

  it('says what is wrong with it, and where', async () => {
    const error = await refusal('qwertyuiop')
    expect(error?.details.fields).toEqual([{ path: 'password', message: expect.stringMatching(/\w+ \w+/) }])
    expect(error?.details.detail).toMatch(/words/)
  })

  it('is none of the 3,000 most common ones', async () => {
    const common = dictionary['passwords-common'].filter((each) => each.length >= 8).slice(0, 3000)
    expect(common).toHaveLength(3000)
    for (const password of common) expect((await refusal(password, []))?.code, password).toBe('weak_password')
  })

  it('costs no more to look at when it is long', async () => {
    const fastest = async (password: string): Promise<number> => {
      let least = Infinity
      for (let round = 0; round < 5; round += 1) {
        const before = performance.now()
        await refusal(password)
        least = Math.min(least, performance.now() - before)
      }
      return least
    }
    for (const piece of ['@$!1|0{}()<>[]50+7%2', 'p4$$w0rd1etme1nDr@g0n', 'abcdefghijklmnop1234567890']) {
      const long = piece.repeat(40).slice(0, 256)
      expect(await fastest(long)).toBeLessThan(3 * (await fastest(long.slice(0, 40))) + 20)
    }
  })

  it('may be none that was found in a breach, however strong, in either spelling of its letters', async () => {
    const breached = {
      ...NO_BREACHED_PASSWORDS,
      has: (password: string) =>
        Promise.resolve(['uma maçã bem comprida', 'dfgwjnbqzlrtvk'].includes(password)),
    }
    for (const password of ['dfgwjnbqzlrtvk', 'uma maçã bem comprida'.normalize('NFD')]) {
      expect(await refusal(password)).toBeNull()
      const refused = await refusal(password, ABOUT, breached)
      expect([refused?.code, refused?.details.detail]).toEqual([
        'weak_password',
        expect.stringContaining('breach'),
      ])
    }
    expect(await refusal('correct horse battery staple', ABOUT, breached)).toBeNull()
  })
})
