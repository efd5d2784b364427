import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveVerifyToken } from '../backend/src/integrations/whatsapp/signature.ts'
import { ambiguousValues, checkDeployment, checkEnvironment } from './env-check.ts'
import { freshEnvironment } from './env-file.ts'

describe('make env-check', () => {
  it('finds the environment of a fresh clone fit for development, and says what production misses', () => {
    const env = freshEnvironment()
    const development = checkEnvironment({ ...env, NODE_ENV: 'development' })
    expect(development).toMatchObject({ isUsable: true })
    expect(development.lines[0]).toBe('The environment is fit for development.')
    const { lines, isUsable } = checkEnvironment({ ...env, NODE_ENV: 'production', REDIS_URL: '' })
    expect(isUsable).toBe(false)
    expect(lines.join('\n')).toContain('REDIS_URL is required in production')
  })

  it.each(['development', 'test', 'production'])(
    "names what is still the example's, in %s",
    (environment) => {
      const env = { ...freshEnvironment(), NODE_ENV: environment, WHATSAPP_API_TOKEN: 'change-me' }
      const { lines, isUsable } = checkEnvironment({ ...env, REDIS_URL: 'redis://cache' })
      expect(isUsable).toBe(false)
      expect(lines.join('\n')).toContain("WHATSAPP_API_TOKEN is still the example's")
    },
  )

  it('tells the verify token to enter at Meta, where it is derived and nobody could know it', () => {
    const fresh = freshEnvironment()
    const env = { ...fresh, NODE_ENV: 'development' }
    const token = deriveVerifyToken(fresh['WHATSAPP_WEBHOOK_SECRET'] ?? '')
    expect(checkEnvironment(env).lines.join('\n')).toContain(token)
    const chosen = { ...env, WHATSAPP_VERIFY_TOKEN: 'chosen-by-the-operator-and-long-enough' }
    expect(checkEnvironment(chosen).lines).toEqual(['The environment is fit for development.'])
  })

  it('names what is missing, and repeats no value', () => {
    const { JWT_SECRET, ...env } = freshEnvironment()
    const checked = checkEnvironment({ ...env, NODE_ENV: 'development', SESSION_SECRET: 'abcabcabc' })
    expect(checked.isUsable).toBe(false)
    expect(checked.lines.join('\n')).toMatch(/JWT_SECRET/)
    expect(checked.lines.join('\n')).toMatch(/SESSION_SECRET is weak/)
    expect(checked.lines.join('\n')).not.toContain('abcabcabc')
    expect(checked.lines.join('\n')).not.toContain(JWT_SECRET)
  })
})

describe('make env-check FOR=production, over the file that make prod-up reads', () => {
  const secret = (): string => randomBytes(24).toString('base64url')
  const password = secret()
  /** The variables of the seed, and no others. */
  const seed = (): Record<string, string> => ({
    DATABASE_URL: `postgresql://chronos_user:${password}@postgres:5432/chronos_production`,
    POSTGRES_DB: 'chronos_production',
    POSTGRES_USER: 'chronos_user',
    POSTGRES_PASSWORD: password,
    REDIS_URL: 'redis://redis:6379',
    REDIS_PASSWORD: secret(),
    JWT_SECRET: secret(),
    BCRYPT_ROUNDS: '12',
    SESSION_SECRET: secret(),
    WHATSAPP_API_TOKEN: secret(),
    WHATSAPP_PHONE_NUMBER_ID: '106540352242922',
    WHATSAPP_WEBHOOK_SECRET: secret(),
  })

  it("takes the seed's variables alone, and says what is made, and what is off", () => {
    const { lines, isUsable } = checkDeployment(seed())
    expect(lines[0]).toBe('The environment is fit for production.')
    expect(isUsable).toBe(true)
    expect(lines.join('\n')).toMatch(/EMAIL_HOST is not set: no mail is sent/)
    expect(lines.join('\n')).toMatch(/ENCRYPTION_KEY is not set: one is made/)
    expect(lines.join('\n')).toMatch(/BACKUP_KEY is not set: one is made/)
  })

  it("names each value that the seed's text shows", () => {
    const { lines, isUsable } = checkDeployment({
      ...seed(),
      DATABASE_URL: 'postgresql://chronos_user:secure_password@host:5432/chronos_production',
      POSTGRES_PASSWORD: 'secure_password',
      REDIS_PASSWORD: 'secure_password',
      JWT_SECRET: 'your-super-secure-jwt-secret-min-32-characters',
      SESSION_SECRET: 'your-super-secure-session-secret',
      WHATSAPP_API_TOKEN: 'your_whatsapp_business_api_token',
      WHATSAPP_WEBHOOK_SECRET: 'your_webhook_secret',
    })
    expect(isUsable).toBe(false)
    for (const name of [
      'POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'JWT_SECRET',
      'SESSION_SECRET',
      'WHATSAPP_API_TOKEN',
      'WHATSAPP_WEBHOOK_SECRET',
    ])
      expect(lines.join('\n')).toContain(`${name} is still the example's`)
  })

  /** As the seed prints it, placeholders and all. */
  const literal = (): Record<string, string> => ({
    ...seed(),
    DATABASE_URL: 'postgresql://user:password@host:port/database',
    POSTGRES_PASSWORD: 'secure_password',
    REDIS_URL: 'redis://host:port',
    REDIS_PASSWORD: 'secure_password',
    JWT_SECRET: 'your-super-secure-jwt-secret-min-32-characters',
    SESSION_SECRET: 'your-super-secure-session-secret',
  })

  it.each([
    [
      "the seed's own text",
      literal(),
      Object.keys(literal()).filter(
        (name) => /SECRET$|PASSWORD|_URL/.test(name) && name !== 'WHATSAPP_WEBHOOK_SECRET',
      ),
    ],
    ['a short secret', { ...seed(), JWT_SECRET: 'short' }, ['JWT_SECRET']],
    [
      'another login',
      { ...seed(), DATABASE_URL: 'postgresql://ana@db/x', SESSION_SECRET: 'change-me' },
      ['DATABASE_URL', 'SESSION_SECRET'],
    ],
    [
      'no administrator',
      { ...seed(), DATABASE_URL: '', POSTGRES_PASSWORD: '', BCRYPT_ROUNDS: '99' },
      ['POSTGRES_PASSWORD', 'BCRYPT_ROUNDS'],
    ],
    [
      'a secret and its file',
      { ...seed(), JWT_SECRET_FILE: '/run/x', BCRYPT_ROUNDS: '99' },
      ['JWT_SECRET', 'BCRYPT_ROUNDS'],
    ],
    [
      'a percent sign',
      { ...seed(), REDIS_URL: 'redis://:50%@redis', JWT_SECRET: 'change-me' },
      ['REDIS_URL', 'JWT_SECRET'],
    ],
    [
      'what production alone asks for',
      { ...seed(), JWT_SECRET: 'change-me', OIDC_ISSUER: 'http://localhost:9', OIDC_CLIENT_ID: 'chronos' },
      ['JWT_SECRET', 'OIDC_ISSUER'],
    ],
  ])('names every fault of %s, each variable in one line', (_title, variables, names) => {
    const { problems, isUsable } = checkDeployment(variables)
    expect(isUsable).toBe(false)
    expect(problems.map((line) => line.split(/[ :]/)[0]).sort()).toEqual([...names].sort())
  })

  it.each([
    [{ JWT_SECRET: 'short' }, /JWT_SECRET is weak: 32 characters/],
    [{ REDIS_PASSWORD: 'hunter2' }, /REDIS_PASSWORD has a weak password/],
    [{ JWT_SECRET: undefined }, /^ {2}JWT_SECRET is missing$/m],
    [{ POSTGRES_PASSWORD: undefined, DATABASE_URL: undefined }, /POSTGRES_PASSWORD is missing/],
    [{ REDIS_URL: 'redis://127.0.0.1:6379' }, /REDIS_URL names this machine/],
    [{ BCRYPT_ROUNDS: '99' }, /BCRYPT_ROUNDS/],
    [
      { BACKUP_KEY: `${'0123456789abcdef'.repeat(3)}not-hex` },
      /BACKUP_KEY is no age identity .*make backup-key/,
    ],
    [{ BACKUP_RECIPIENTS: 'age1nobody' }, /BACKUP_RECIPIENTS names age1nobody, which is no public key/],
  ])('names what is wrong with %o', (change, message) => {
    const { lines, isUsable } = checkDeployment({ ...seed(), ...change })
    expect(lines.join('\n')).toMatch(message)
    expect(lines.join('\n')).not.toContain(password)
    expect(isUsable).toBe(false)
  })

  it('refuses a key of backups that the one-shot would not start with, and none that it cannot look at', () => {
    const refusedOf = (change: Record<string, string>): string[] =>
      checkDeployment({ ...seed(), ...change }).refused.map((line) => line.split(' ')[0] ?? '')
    expect(refusedOf({ BACKUP_KEY: 'ab'.repeat(32) })).toEqual(['BACKUP_KEY'])
    expect(refusedOf({ BACKUP_RECIPIENTS: 'ssh-ed25519' })).toEqual(['BACKUP_RECIPIENTS'])
    expect(refusedOf({ BACKUP_KEY_FILE: '/run/of/an/override' })).toEqual([])
  })

  it('names a value that each reader of the file would take for another, and not the value', () => {
    const odd = [
      'POSTGRES_PASSWORD=pa$$word1234567890',
      'JWT_SECRET=abc#def',
      'SESSION_SECRET="a$b"',
      'BILLING_SECRET=a"b',
    ]
    const plain = [
      "REDIS_PASSWORD='a$b#c'",
      'EMAIL_FROM=CHRONOS <x@y.z>',
      'PUBLIC_URL=https://x # ours',
      'LOG_LEVEL=',
      '#A=$b',
    ]
    const found = ambiguousValues([...odd, ...plain].join('\n'))
    expect(found.map((line) => line.split(' ')[0])).toEqual(odd.map((line) => line.split('=')[0]))
    expect(found.join()).not.toMatch(/pa\$|abc|a\$b/)
    const { isUsable, lines } = checkDeployment(seed(), 'JWT_SECRET=abc#def\n')
    expect([isUsable, lines.join('\n')]).toEqual([false, expect.stringContaining('JWT_SECRET has a $')])
  })
})
