import { describe, expect, it } from 'vitest'
import { readConfig, type OidcConfig } from './config.ts'

const LEAST = {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgresql://chronos_app:x@127.0.0.1/chronos',
  DATABASE_CONTROL_URL: 'postgresql://chronos_control:x@127.0.0.1/chronos',
  JWT_SECRET: 'jwt-secret-of-tests-0123456789abcdef',
  SESSION_SECRET: 'session-secret-of-tests-0123456789abcdef',
  ENCRYPTION_KEY: 'a1b2c3d4'.repeat(8),
}
/** What a server that is to be safe on the internet has besides. */
const PRODUCTION = {
  ...LEAST,
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://chronos_app:Xk29-vQpL-73mz-TqWe@db/chronos',
  DATABASE_CONTROL_URL: 'postgresql://chronos_control:Rt58-nBcM-16ha-YuJo@db/chronos',
  REDIS_URL: 'redis://127.0.0.1:6379',
}

describe('PUBLIC_URL', () => {
  it('is an address as a browser has it, and is compared with what browsers send', () => {
    expect(readConfig({ ...LEAST, PUBLIC_URL: 'https://money.example:9443/' }).publicUrl).toBe(
      'https://money.example:9443',
    )
  })

  it.each([
    'localhost',
    'localhost:9443',
    'money.example',
    'https://money.example/app',
    'https://Money.example',
  ])('is refused as %s', (url) => {
    expect(() => readConfig({ ...LEAST, PUBLIC_URL: url })).toThrow(/PUBLIC_URL.*https:\/\/money\.example/)
  })
})

describe('the OpenID provider of the environment', () => {
  const oidc = (more: Record<string, string>, base: Record<string, string> = LEAST): OidcConfig | undefined =>
    readConfig({ ...base, ...more }).oidc

  it('is none where nothing is said', () => {
    expect(oidc({ OIDC_ISSUER: '', OIDC_CLIENT_ID: '' })).toBeUndefined()
  })

  it('is called by its host where it has no name, and may have no secret', () => {
    expect(oidc({ OIDC_ISSUER: 'https://id.example/realms/home', OIDC_CLIENT_ID: 'chronos' })).toEqual({
      issuer: 'https://id.example/realms/home',
      clientId: 'chronos',
      clientSecret: undefined,
      name: 'id.example',
      scopes: 'openid email profile',
    })
  })

  it('is refused by halves', () => {
    expect(() => oidc({ OIDC_ISSUER: 'https://id.example' })).toThrow('OIDC_CLIENT_ID')
    expect(() => oidc({ OIDC_CLIENT_ID: 'chronos' })).toThrow('OIDC_ISSUER')
  })

  it('is an https address; of this machine, outside production, a plain one too', () => {
    const at = (issuer: string): Record<string, string> => ({
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: 'chronos',
    })
    expect(oidc(at('http://localhost:9000'))?.name).toBe('localhost')
    for (const issuer of ['http://id.example', 'id.example', 'ftp://id.example'])
      expect(() => oidc(at(issuer))).toThrow('https://')
    expect(oidc(at('https://id.example'), PRODUCTION)?.name).toBe('id.example')
    expect(() => oidc(at('http://localhost:9000'), PRODUCTION)).toThrow('https://')
  })

  it('is asked for an identity at the least', () => {
    expect(() =>
      oidc({ OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'chronos', OIDC_SCOPES: 'email profile' }),
    ).toThrow('OIDC_SCOPES')
  })
})
