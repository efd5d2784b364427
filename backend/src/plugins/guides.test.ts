import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../test/harness.ts'
import { addressOf, anchorOf, pageName, renderPage } from './guide-text.ts'
import { guideFiles } from './guides.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())
const get = (url: string) => harness.app.inject({ url })

describe('/docs/guides', () => {
  it('serves every document with its title, in one page without scripts', async () => {
    const files = guideFiles()
    expect(files).toContain('docs/architecture.md')
    expect(files.length).toBeGreaterThan(15)
    for (const file of files) {
      const { statusCode, headers, body } = await get(`/docs/guides/${pageName(file)}`)
      expect([file, statusCode]).toEqual([file, 200])
      expect(headers['content-type']).toBe('text/html; charset=utf-8')
      const title = /^# (.+)$/m.exec(readFileSync(path.join(ROOT, file), 'utf8'))?.[1] ?? ''
      expect(body).toContain(`<h1 id="${anchorOf(title)}">`)
      expect(body).not.toContain('<script')
    }
  })

  it('has the policy of the reference, which allows no script but our own files', async () => {
    const { headers } = await get('/docs/guides/')
    const policy = String(headers['content-security-policy'])
    expect(/script-src ([^;]+)/.exec(policy)?.[1]).toBe("'self'")
    expect(policy).toContain("default-src 'none'")
    expect(headers['x-frame-options']).toBe('DENY')
  })

  it('leads from page to page, and from the reference to the guides', async () => {
    const { body } = await get('/docs/guides/')
    const links = [...body.matchAll(/href="(\/docs\/guides\/[^"#]*)/g)].map(([, link = '']) => link)
    expect(links.length).toBeGreaterThan(10)
    for (const link of links) expect([link, (await get(link)).statusCode]).toEqual([link, 200])
    expect((await get('/openapi.json')).body).toContain('/docs/guides/')
    expect((await get('/docs/guides/decisions')).body).toContain('Jobs live in PostgreSQL</a>')
    expect((await get('/docs/guides')).headers['location']).toBe('/docs/guides/')
  })

  it.each([
    'nothing',
    '../package.json',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    'architecture.md',
    'constructor',
  ])('has no page %s', async (name) => {
    const { statusCode, body } = await get(`/docs/guides/${name}`)
    expect(statusCode).toBe(404)
    expect(body).not.toContain('chronos-financial')
  })
})

describe('a document', () => {
  const render = (text: string): string =>
    renderPage(text, 'docs/a.md', new Set(['docs/a.md', 'docs/b/c.md'])).html

  it.each([
    '<script>alert(1)</script>',
    'a <img src=x onerror=alert(1)> b',
    '[x](javascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '![x](https://evil.example/pixel.png)',
    '```html\n<script>alert(1)</script>\n```',
    '[x](https://a.example/"onmouseover="alert(1))',
    '# <svg onload=alert(1)>',
    '`<b onclick=alert(1)>`',
  ])('cannot run anything, nor load from elsewhere: %s', (text) => {
    const html = render(text)
    expect(html).not.toMatch(/<(script|img|svg|b)\b/)
    expect(html).not.toMatch(/<[^>]*\son\w+=/)
    expect(html).not.toMatch(/href="(?!https:|#|\/docs\/guides\/)/)
  })

  it('links to what is served, by the place it has there', () => {
    const served = new Set(['docs/a.md', 'docs/b/c.md'])
    expect(addressOf('b/c.md#what-is-left', 'docs/a.md', served)).toBe('/docs/guides/b/c#what-is-left')
    expect(addressOf('../a.md', 'docs/b/c.md', served)).toBe('/docs/guides/a')
    expect(addressOf('../../package.json', 'docs/b/c.md', served)).toBeUndefined()
    expect(addressOf('http://plain.example', 'docs/a.md', served)).toBeUndefined()
  })
})
