/**
 * Pictures of the demo workspace: docs/screenshot.png for the README and, for whoever changes the looks, every page on
 * desktop and phone, light and dark, in a folder outside the checkout.
 *   node scripts/browser-stack.ts e2e/screenshots.ts [folder]
 */
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, devices } from '@playwright/test'
import type { Browser, BrowserContext } from '@playwright/test'
import { CHROMIUM_FLAGS } from './support/chromium.ts'
import { settled, show } from './support/page-checks.ts'
import { settings } from './support/settings.ts'

const PAGES: Record<string, string> = {
  dashboard: '/',
  transactions: '/transactions',
  new: '/transactions?add=expense',
  accounts: '/accounts',
  budgets: '/budgets',
  categories: '/categories',
  import: '/import',
  whatsapp: '/whatsapp',
  audit: '/audit',
  more: '/more',
  missing: '/no-such-page',
  'sign-in': '/sign-in',
  'sign-up': '/sign-up',
}
const DEVICES = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: devices['Pixel 7'] ?? {},
}

async function signedIn(
  browser: Browser,
  options: Parameters<Browser['newContext']>[0],
): Promise<BrowserContext> {
  const context = await browser.newContext({
    ...{
      baseURL: settings.webUrl,
      locale: 'pt-BR',
      timezoneId: 'America/Sao_Paulo',
      reducedMotion: 'reduce',
    },
    ...options,
  })
  const data = { email: process.env['E2E_DEMO_EMAIL'], password: process.env['E2E_DEMO_PASSWORD'] }
  const answer = await context.request.post('/api/v1/auth/login', { data })
  if (!answer.ok()) throw new Error(`The demo login was refused: ${answer.status()}`)
  return context
}

const folder = process.argv[2] ?? path.join(tmpdir(), 'chronos-screenshots')
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: settings.chromiumPath, args: CHROMIUM_FLAGS })
try {
  const first = await signedIn(browser, {
    viewport: { width: 1280, height: 860 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
  })
  const dashboard = await first.newPage()
  await dashboard.goto('/')
  await settled(dashboard)
  await dashboard.screenshot({ path: path.join(import.meta.dirname, '..', 'docs', 'screenshot.png') })
  await first.close()
  for (const [device, options] of Object.entries(DEVICES)) {
    const context = await signedIn(browser, options)
    const page = await context.newPage()
    for (const [name, address] of Object.entries(PAGES)) {
      await page.goto(address)
      await settled(page)
      for (const colorScheme of ['light', 'dark'] as const) {
        await show(page, colorScheme)
        await page.screenshot({ path: path.join(folder, `${name}-${device}-${colorScheme}.png`) })
      }
    }
    await context.close()
  }
  console.log(`Pictures: docs/screenshot.png, and every page in ${folder}`)
} finally {
  await browser.close()
}
