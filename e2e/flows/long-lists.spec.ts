/** Lists that go on, while their next part does not come. */
import type { Page } from '@playwright/test'
import { openAccount, spend } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

const PROBLEM = { type: 'about:blank', title: 'x', status: 500, code: 'internal', requestId: 'req-7f3a' }
const expected = [/\?\S*cursor=\S*: 500$/, /^console: .*500/]

interface Parts {
  /** How often the second part was asked for. */
  asked: number
  fails: boolean
}

/** The list at this address has a second part, which fails for as long as it is told to. */
async function goingOn(page: Page, path: string): Promise<Parts> {
  const parts: Parts = { asked: 0, fails: true }
  await page.route(`**/api/v1/${path}?*`, async (route) => {
    if (new URL(route.request().url()).searchParams.has('cursor')) {
      parts.asked += 1
      if (parts.fails) await route.fulfill({ status: 500, json: PROBLEM })
      else await route.fulfill({ json: { items: [], nextCursor: null } })
      return
    }
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...(await answer.json()), nextCursor: 'next' } })
  })
  return parts
}

test('the list of transactions says that its next part did not come, and asks for it no more by itself', async ({
  openBrowser,
  household,
}) => {
  const account = await openAccount(household, 'Carteira')
  await spend(household, account, 'Padaria', -1250)
  const page = await openBrowser(household, { expected })
  const parts = await goingOn(page, 'transactions')
  await page.goto('/transactions')
  const again = page.getByRole('button', { name: 'Tentar de novo' })
  await expect(again).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('Padaria').first()).toBeVisible()
  const before = parts.asked
  await page.mouse.wheel(0, 400)
  await page.waitForTimeout(3000)
  expect(parts.asked).toBe(before)
  parts.fails = false
  await again.click()
  await expect(again).toBeHidden()
  await expect(page.getByText('Padaria').first()).toBeVisible()
})

test('the history says so in the place of its button', async ({ openBrowser, household }) => {
  const page = await openBrowser(household, { expected })
  const parts = await goingOn(page, 'audit-logs')
  await page.goto('/audit')
  await page.getByRole('button', { name: 'Carregar mais' }).click()
  const again = page.getByRole('button', { name: 'Tentar de novo' })
  await expect(again).toBeVisible({ timeout: 20_000 })
  parts.fails = false
  await again.click()
  await expect(again).toBeHidden()
})
