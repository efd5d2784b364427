/** What of the web a page ran, written down for `make test-coverage`; nothing where nobody asks. */
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { settings } from './settings.ts'

/** @returns what to call before the page's browser goes */
export async function recordScripts(page: Page): Promise<() => Promise<void>> {
  const folder = settings.coverage
  if (folder === undefined) return () => Promise.resolve()
  await page.coverage.startJSCoverage({ resetOnNavigation: false })
  return async () => {
    if (page.isClosed()) return
    const scripts = await page.coverage.stopJSCoverage()
    const own = scripts.filter(({ url }) => url.startsWith(settings.webUrl))
    await mkdir(folder, { recursive: true })
    // The sources are beside the build.
    const lean = own.map(({ url, functions }) => ({ url, functions }))
    await writeFile(path.join(folder, `${randomUUID()}.json`), JSON.stringify(lean))
  }
}
