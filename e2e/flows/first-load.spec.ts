/** What a page costs somebody who was never here: the scripts that the browser really asks for, compressed. */
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { settled } from '../support/page-checks.ts'
import { openAccount, spend } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'
import { SIGNED_OUT } from '../support/watch.ts'

const MOST_KB = 250

/** Kilobytes (1000 bytes) of script, each file compressed by itself as it travels. */
async function scriptsOf(page: Page, path: string): Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length))
  })
  await page.goto(path)
  await settled(page)
  const bytes = await Promise.all(sizes)
  expect(bytes.length).toBeGreaterThan(3)
  return bytes.reduce((sum, size) => sum + size, 0) / 1000
}

for (const path of ['/sign-in', '/sign-up'])
  test(`${path} loads little script`, async ({ openBrowser }) => {
    const page = await openBrowser(null, { expected: [SIGNED_OUT] })
    expect(await scriptsOf(page, path)).toBeLessThan(MOST_KB)
  })

test('the dashboard loads little script', async ({ openBrowser, household }) => {
  const wallet = await openAccount(household, 'Carteira', 20_000)
  await spend(household, wallet, 'Água', -1_000)
  expect(await scriptsOf(await openBrowser(household), '/')).toBeLessThan(MOST_KB)
})
