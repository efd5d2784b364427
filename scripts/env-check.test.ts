import { describe, expect, it } from 'vitest'
import { checkEnvironment } from './env-check.ts'
import { freshEnvironment } from './env-file.ts'

describe('make env-check', () => {
  it('finds the environment of a fresh clone fit for development, and says what production misses', () => {
    const env = freshEnvironment()
    expect(checkEnvironment({ ...env, NODE_ENV: 'development' })).toEqual({
      lines: ['The environment is fit for development.'],
      isUsable: true,
    })
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
