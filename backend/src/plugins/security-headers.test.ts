import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Harness } from '../../test/harness.ts'
import { violationsOf } from '../modules/csp/csp.rules.ts'
import { readConfig } from '../config.ts'

let harness: Harness
const FRIEND = 'https://tools.example'

beforeAll(async () => {
  harness = await createHarness({
    environment: { PUBLIC_URL: 'https://money.example', CORS_ORIGINS: FRIEND, LOG_LEVEL: 'silent' },
  })
})
afterAll(() => harness.close())

const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> =>
  harness.request({ method: 'GET', url, headers })

describe('every answer', () => {
  it.each([
    ['a refusal', '/api/v1/accounts'],
    ['an address that is none', '/nowhere'],
    ['a path that cannot be decoded', '/api/v1/%ff'],
    ['health', '/health/live'],
    ['the description', '/openapi.json'],
  ])('has its headers: %s', async (_what, url) => {
    const { headers } = await get(url)
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-xss-protection': '0',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
    expect(headers['permissions-policy']).toContain('camera=()')
  })

  it('promises https only where people come by https', async () => {
    const plain = await createHarness({ environment: { PUBLIC_URL: 'http://localhost:3000' } })
    try {
      const { headers } = await plain.request({ method: 'GET', url: '/health/live' })
      expect(headers['strict-transport-security']).toBeUndefined()
    } finally {
      await plain.close()
    }
  })
})

describe('the reference', () => {
  it('runs its own script by its hash, and no other inline one', async () => {
    const page = await get('/docs/')
    const policy = String(page.headers['content-security-policy'])
    const scripts = /script-src ([^;]+)/.exec(policy)?.[1] ?? ''
    expect(scripts).not.toContain('unsafe')
    const inline = [...String(page.body).matchAll(/<script(?![^>]*src=)[^>]*>([\s\S]*?)<\/script>/g)]
    expect(inline.length).toBeGreaterThan(0)
    for (const [, script = ''] of inline)
      expect(scripts).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  })
})

describe('another origin', () => {
  it('reads answers only where it is configured, and never with cookies', async () => {
    const friend = await get('/openapi.json', { origin: FRIEND })
    expect(friend.headers).toMatchObject({ 'access-control-allow-origin': FRIEND, vary: 'origin' })
    const asked = await harness.request({
      method: 'OPTIONS',
      url: '/api/v1/accounts',
      headers: { origin: FRIEND, 'access-control-request-method': 'POST' },
    })
    expect(asked.status).toBe(204)
    expect(asked.headers['access-control-allow-methods']).toContain('POST')
    for (const origin of ['https://evil.example', 'null', `${FRIEND}.evil.example`, 'http://tools.example']) {
      const { headers } = await get('/openapi.json', { origin })
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
    for (const { headers } of [friend, asked])
      expect(headers['access-control-allow-credentials']).toBeUndefined()
  })

  it.each(['*', 'tools.example', 'https://tools.example/path', 'null'])(
    'cannot be configured as %s',
    (origin) => {
      const environment = {
        DATABASE_URL: 'postgresql://a',
        DATABASE_CONTROL_URL: 'postgresql://b',
        JWT_SECRET: 'x'.repeat(32),
        SESSION_SECRET: 'y'.repeat(32),
        ENCRYPTION_KEY: '0'.repeat(64),
      }
      expect(() => readConfig({ ...environment, CORS_ORIGINS: origin })).toThrow(/CORS_ORIGINS takes origins/)
    },
  )
})

describe('POST /csp-reports', () => {
  const send = (payload: string | Buffer, type = 'application/csp-report'): Promise<Answer> =>
    harness.request({
      method: 'POST',
      url: '/api/v1/csp-reports',
      payload,
      headers: { 'content-type': type },
    })
  const report = JSON.stringify({
    'csp-report': {
      'document-uri': 'https://money.example/reset?token=secret#token=secret',
      'violated-directive': 'script-src',
      'blocked-uri': 'inline',
      'line-number': 3,
    },
  })

  it('takes both forms of a report, and nothing else', async () => {
    expect((await send(report)).status).toBe(204)
    expect((await send('[{"type":"csp-violation","body":{}}]', 'application/reports+json')).status).toBe(204)
    for (const broken of ['', '{', '[1]', '{}', 'null']) expect((await send(broken)).status).toBe(400)
    expect((await send(`{"x":"${'x'.repeat(20_000)}"}`)).status).toBe(413)
    expect((await send(report, 'text/plain')).status).toBe(415)
  })

  it('keeps of it what a log may hold: short, without queries and fragments', () => {
    expect(violationsOf(Buffer.from(report))).toEqual([
      {
        page: 'https://money.example/reset',
        directive: 'script-src',
        blocked: 'inline',
        source: null,
        line: 3,
      },
    ])
    const many = Array.from({ length: 100 }, () => ({
      type: 'csp-violation',
      body: { documentURL: 'x'.repeat(5000), blockedURL: 'https://a.example/?q=1' },
    }))
    const kept = violationsOf(Buffer.from(JSON.stringify(many)))
    expect(kept).toHaveLength(10)
    expect(kept?.[0]).toMatchObject({ page: 'x'.repeat(200), blocked: 'https://a.example/' })
  })
})
