// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => {
  vi.resetModules()
  history.replaceState(null, '', '/')
})

async function arriveAt(address: string): Promise<void> {
  history.replaceState(null, '', address)
  await import('./link-secret.ts')
}

describe('a secret in the fragment', () => {
  it('is taken out of the address, which stays as it was otherwise', async () => {
    await arriveAt('/reset-password?lang=es#token=abc-def_123')
    expect(location.href).not.toContain('abc-def')
    expect(`${location.pathname}${location.search}`).toBe('/reset-password?lang=es')
    expect(readSecretsOf('#token=abc-def_123')?.get('token')).toBe('abc-def_123')
  })

  it('leaves a fragment that is a place on the page', async () => {
    await arriveAt('/docs#tokens')
    expect(location.hash).toBe('#tokens')
  })

  it('is taken again where a second link is pasted into the open page', async () => {
    await arriveAt('/verify-email#token=first-one')
    history.replaceState(null, '', '/verify-email#token=second-one')
    window.dispatchEvent(new Event('hashchange'))
    expect(location.hash).toBe('')
  })
})

describe('readSecrets', () => {
  it.each([
    ['#challenge=c1&methods=totp,passkey', 'c1', 'totp,passkey'],
    ['challenge=c2', 'c2', null],
  ])('reads %s', (fragment, challenge, methods) => {
    const params = readSecretsOf(fragment)
    expect(params?.get('challenge')).toBe(challenge)
    expect(params?.get('methods')).toBe(methods)
  })

  it('finds none in an ordinary fragment', () => {
    expect(readSecretsOf('#section')).toBeNull()
    expect(readSecretsOf('')).toBeNull()
  })
})

const { readSecrets: readSecretsOf } = await import('./link-secret.ts')
