/**
 * The web's content policy, in a browser. That no page of the product violates it is held everywhere: each browser of
 * these tests reports a violation as a problem (support/watch.ts). Here: that the policy is there, and stops things.
 */
import type { Page } from '@playwright/test'
import { settled } from '../support/page-checks.ts'
import { expect, test } from '../support/test.ts'
import { SIGNED_OUT } from '../support/watch.ts'

const STOPPED = [SIGNED_OUT, /content policy/, /Content Security Policy/i, /Trusted(HTML|Script)/]

async function openSignIn(page: Page): Promise<void> {
  await page.goto('/sign-in')
  await settled(page)
}

test('every page and file comes with the policy', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected: STOPPED })
  const policies: string[] = []
  page.on('response', (response) => {
    // What the browser has already comes back as 304, without headers.
    if (new URL(response.url()).pathname.startsWith('/api/') || response.status() !== 200) return
    policies.push(response.headers()['content-security-policy'] ?? `none of ${response.url()}`)
  })
  for (const path of ['/sign-in', '/transactions?tx=1', '/no-such-page']) await page.goto(path)
  await settled(page)
  expect(policies.length).toBeGreaterThan(5)
  for (const policy of policies) {
    expect(policy).toContain("script-src 'self'; style-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  }
})

test('nothing inline runs, nothing of another origin loads, no text becomes markup', async ({
  openBrowser,
}) => {
  const page = await openBrowser(null, { expected: [...STOPPED, /evil\.example/] })
  await openSignIn(page)
  const done = await page.evaluate(async () => {
    const violations: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
    const attempt = (act: () => unknown): string => {
      try {
        act()
        return 'done'
      } catch (error) {
        return (error as Error).name
      }
    }
    const script = document.createElement('script')
    const viaText = attempt(() => (script.textContent = 'window.inlineRan = true'))
    document.body.append(script)
    const foreign = document.createElement('img')
    foreign.src = 'https://evil.example/?take=this'
    const base = document.createElement('base')
    base.href = 'https://evil.example/'
    const style = document.createElement('style')
    style.textContent = 'body { display: none }'
    const button = document.createElement('button')
    const viaHandler = attempt(() => button.setAttribute('onclick', 'window.inlineRan = true'))
    document.body.append(foreign, base, style, button)
    button.click()
    const viaMarkup = attempt(
      () => (document.body.innerHTML += '<img src=x onerror="window.inlineRan = true">'),
    )
    // Violations are told by tasks of their own.
    await new Promise((resolve) => setTimeout(resolve, 200))
    return {
      violations: [...new Set(violations)].sort(),
      viaText,
      viaHandler,
      viaMarkup,
      ran: 'inlineRan' in window,
      shown: getComputedStyle(document.body).display,
      base: document.baseURI.startsWith(location.origin),
    }
  })
  expect(done).toMatchObject({ ran: false, shown: 'block', base: true })
  expect(done.viaMarkup).toBe('TypeError')
  expect(done.violations).toEqual(['base-uri', 'img-src', 'require-trusted-types-for', 'style-src-elem'])
})

test('a script that somebody got into the page itself does not run', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected: STOPPED })
  await page.route(/\/sign-in$/, async (route) => {
    const answer = await route.fetch()
    const planted = '<script>window.inlineRan = true</script><svg onload="window.inlineRan = true"></svg>'
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace('<div id="root">', `${planted}$&`),
    })
  })
  const stopped: string[] = []
  page.on('console', (message) => stopped.push(message.text()))
  await openSignIn(page)
  expect(await page.evaluate(() => 'inlineRan' in window)).toBe(false)
  for (const directive of ['script-src-elem', 'script-src-attr'])
    expect(
      stopped.filter((text) => text.startsWith(`content policy: ${directive} stopped inline`)),
    ).toHaveLength(1)
})

test('what was stopped is reported to the server', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected: STOPPED })
  await openSignIn(page)
  const reported = page.waitForRequest(/\/api\/v1\/csp-reports$/)
  await page.evaluate(() => {
    const style = document.createElement('style')
    style.textContent = 'body { display: none }'
    document.body.append(style)
  })
  const answer = await (await reported).response()
  expect(answer?.status()).toBe(204)
})

test('dialogs keep the page behind them in its place', async ({ openBrowser, household }) => {
  // Mantine's own styles come through constructed sheets: theme, responsive properties, the lock of a dialog.
  const page = await openBrowser(household)
  await page.goto('/accounts')
  await settled(page)
  const sheets = () => page.evaluate(() => document.adoptedStyleSheets.length)
  const before = await sheets()
  expect(before).toBeGreaterThan(0)
  await page.goto('/accounts?add=transfer')
  await expect(page.getByRole('dialog')).toBeVisible()
  await expect(page.locator('body')).toHaveCSS('overflow', 'hidden')
  expect(await page.evaluate(() => document.querySelectorAll('style').length)).toBe(0)
})
