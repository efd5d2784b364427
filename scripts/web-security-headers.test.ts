import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { setSecurityHeaders } from '../backend/src/plugins/security-headers.ts'
import { assetBaseOf, assetOriginOf } from '../frontend/asset-base.ts'
import { nginxSecurityHeaders, webSecurityHeaders } from '../frontend/security-headers.ts'
import { ROOT } from './env-file.ts'

const SNIPPET = path.join(ROOT, 'deploy/nginx/snippets/web-security-headers.conf')

describe('headers of what Nginx itself answers', () => {
  it('are those of the API, but for the request’s id', async () => {
    const sent: Record<string, unknown> = {}
    const reply = {
      header: (name: string, value: unknown) => (sent[name] = value),
      hasHeader: (name: string) => name in sent,
    }
    setSecurityHeaders({ id: '$request_id' } as never, reply as never, {
      publicUrl: 'https://money.example',
      corsOrigins: [],
    })
    const read = (name: string): Promise<string> => readFile(path.join(ROOT, 'deploy/nginx', name), 'utf8')
    const common = await read('snippets/answer-headers.conf')
    const [, problem = ''] =
      /location @unavailable \{([\s\S]*?)\n\}/.exec(await read('edge/unavailable.conf')) ?? []
    const headers = [
      ...`${common}${problem}`.matchAll(/add_header (\S+) (?:'([^']*)'|"([^"]*)"|(\S+)) always;/g),
    ]
    expect(
      Object.fromEntries(headers.map(([, name = '', ...value]) => [name.toLowerCase(), value.join('')])),
    ).toEqual({ ...sent, 'retry-after': '2' })
    // The same policy where the edge answers.
    expect(await read('edge/refusals.conf')).toContain(`"${String(sent['content-security-policy'])}"`)
  })
})

describe("headers of the web's files", () => {
  it('are what Nginx sends, word by word', async () => {
    // When it is not: node frontend/scripts/print-nginx-headers.ts
    expect(await readFile(SNIPPET, 'utf8')).toBe(nginxSecurityHeaders())
  })

  it('let nothing inline run or style, and no text become markup', () => {
    const policy = webSecurityHeaders({ https: true })['Content-Security-Policy'] ?? ''
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
    const directives = new Map(policy.split('; ').map((each) => [each.split(' ')[0], each]))
    for (const name of ['default-src', 'object-src', 'base-uri', 'frame-ancestors', 'trusted-types'])
      expect(directives.get(name)).toBe(`${name} 'none'`)
    expect(directives.get('require-trusted-types-for')).toBe("require-trusted-types-for 'script'")
    expect(directives.get('report-uri')).toBe('report-uri /api/v1/csp-reports')
  })

  it('let pages send to Sentry where it is set, and to nobody else', () => {
    const sentryDsn = 'https://key@errors.example:8443/7'
    const policyOf = (options: { sentryDsn?: string }): string =>
      webSecurityHeaders({ https: true, ...options })['Content-Security-Policy'] ?? ''
    expect(policyOf({})).toMatch(/connect-src 'self';/)
    expect(policyOf({ sentryDsn })).toBe(
      policyOf({}).replace("connect-src 'self'", "connect-src 'self' https://errors.example:8443"),
    )
    expect(nginxSecurityHeaders({ sentryDsn })).toContain(
      "connect-src \\'self\\' https://errors.example:8443;",
    )
    expect(nginxSecurityHeaders({ sentryDsn })).not.toContain('key@')
  })

  it('let a content delivery network give files, and nothing that the page talks to', () => {
    const origin = assetOriginOf('https://cdn.example/chronos/')
    const policy = webSecurityHeaders({ https: true, assetOrigin: origin })['Content-Security-Policy'] ?? ''
    const naming = policy.split('; ').filter((each) => each.includes(origin))
    expect(naming.map((each) => each.split(' ')[0]).sort()).toEqual([
      'font-src',
      'img-src',
      'script-src',
      'style-src',
    ])
    expect(nginxSecurityHeaders({ assetOrigin: origin })).toContain(
      "script-src \\'self\\' https://cdn.example;",
    )
  })

  it.each(['cdn.example', 'http://cdn.example', 'https://cdn.example/?x', "https://cdn.example/';x"])(
    'refuse %s as such a network',
    (text) => expect(() => assetBaseOf(text)).toThrow('ASSET_BASE_URL'),
  )

  it('promise https only where people come by https', () => {
    expect(webSecurityHeaders({ https: true })).toHaveProperty('Strict-Transport-Security')
    expect(webSecurityHeaders({ https: false })).not.toHaveProperty('Strict-Transport-Security')
  })

  it('fit into quotes of Nginx', () => {
    for (const value of Object.values(webSecurityHeaders({ https: true })))
      expect(value).not.toMatch(/[$\\\r\n]/)
  })
})
