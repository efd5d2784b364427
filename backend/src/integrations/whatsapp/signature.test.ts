import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveVerifyToken, sign, verifySignature, verifyTokenMatches } from './signature.ts'

const secret = 'app-secret'
const body = Buffer.from('{"text":"pão de queijo 🧀 7,50"}', 'utf8')

describe('webhook signature', () => {
  it('is the HMAC-SHA256 of the raw bytes in hex', () => {
    expect(sign(secret, body)).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  })

  it('accepts its own signature, also of an empty and of a 3 MB body', () => {
    const bodies = [body, Buffer.alloc(0), Buffer.alloc(3_000_000, 'é')]
    for (const bytes of bodies) expect(verifySignature(secret, bytes, sign(secret, bytes))).toBe(true)
  })

  it('refuses one altered byte, another secret and another body', () => {
    const header = sign(secret, body)
    const altered = Buffer.from(body)
    altered[5] = (altered[5] ?? 0) ^ 1
    expect(verifySignature(secret, altered, header)).toBe(false)
    expect(verifySignature('other-secret', body, header)).toBe(false)
  })

  it.each([
    undefined,
    null,
    '',
    'sha256=',
    'sha256=zz',
    sign(secret, body).slice(7),
    sign(secret, body).toUpperCase(),
    `${sign(secret, body)}00`,
    [sign(secret, body)],
    `sha1=${'0'.repeat(64)}`,
  ])('refuses the header %j', (header) => {
    expect(verifySignature(secret, body, header)).toBe(false)
  })

  it('refuses everything when there is no secret', () => {
    expect(verifySignature('', body, sign('', body))).toBe(false)
  })
})

describe('handshake token', () => {
  it('is derived from the secret, does not contain it and is stable', () => {
    const token = deriveVerifyToken(secret)
    expect(token).toBe(deriveVerifyToken(secret))
    expect(token).not.toContain(secret)
    expect(token).not.toBe(deriveVerifyToken('other-secret'))
    expect(() => deriveVerifyToken('')).toThrow(RangeError)
  })

  it('compares exactly and fails closed', () => {
    expect(verifyTokenMatches('abc', 'abc')).toBe(true)
    for (const given of ['abd', 'ab', '', undefined, ['abc']])
      expect(verifyTokenMatches('abc', given)).toBe(false)
    expect(verifyTokenMatches('', '')).toBe(false)
  })
})
