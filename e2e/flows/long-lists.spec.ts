/** Lists that go on, while their next part does not come. */
import { createExport } from '@chronos/contracts/exports'
import { listChats } from '@chronos/contracts/whatsapp'
import type { Page } from '@playwright/test'
import { expectAccessible, expectNoSidewaysScroll, settled, show } from '../support/page-checks.ts'
import { furnish } from '../support/scenes.ts'
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

interface LongList {
  /** Where it is shown. */
  at: string
  /** Where it comes from. */
  path: string
  /** What it has, next part or not. */
  holds: string
  /** What asks for the next part; a list without it goes on as one scrolls. */
  button?: string
}

/** It says what happened in its own place, keeps what it has, asks no more by itself, and goes on when it is told to. */
async function expectToGoOn(page: Page, { at, path, holds, button }: LongList): Promise<void> {
  await test.step(at, async () => {
    const parts = await goingOn(page, path)
    await page.goto(at)
    await settled(page)
    if (button !== undefined) await page.getByRole('button', { name: button }).click()
    const alert = page.getByRole('alert').filter({ hasText: 'req-7f3a' })
    const again = alert.getByRole('button', { name: 'Tentar de novo' })
    await expect(again).toBeVisible({ timeout: 20_000 })
    await expect(page.getByText(holds).filter({ visible: true }).first()).toBeVisible()
    for (const scheme of ['light', 'dark'] as const) {
      await show(page, scheme)
      await expectAccessible(page)
    }
    await expectNoSidewaysScroll(page)
    const before = parts.asked
    if (button === undefined) {
      await page.mouse.wheel(0, 400)
      await page.waitForTimeout(3000)
    }
    expect(parts.asked).toBe(before)
    parts.fails = false
    await again.click()
    await expect(alert).toBeHidden()
    await expect(page.getByText(holds).filter({ visible: true }).first()).toBeVisible()
  })
}

for (const [device, viewport] of [
  ['a desk', { width: 1280, height: 800 }],
  ['a phone', { width: 390, height: 844 }],
] as const)
  test(`every list says on ${device} that its next part did not come, and asks for it no more by itself`, async ({
    openBrowser,
    household,
  }) => {
    test.slow()
    const { waiting } = await furnish(household)
    const chatId = (await household.ask(listChats)).items[0]?.id ?? ''
    await household.ask(createExport)
    const page = await openBrowser(household, { expected, viewport })
    await expectToGoOn(page, { at: '/transactions', path: 'transactions', holds: 'Padaria Estrela' })
    await expectToGoOn(page, {
      at: `/import?id=${waiting.id}`,
      path: `imports/${waiting.id}/rows`,
      holds: 'Livraria',
    })
    const lists = [
      { at: '/audit', path: 'audit-logs', holds: 'Marina Duarte', button: 'Carregar mais' },
      { at: '/settings/exports', path: 'exports', holds: 'Exportação de', button: 'Carregar mais' },
      { at: '/settings/security', path: 'me/security-events', holds: 'Entrou', button: 'Carregar mais' },
      {
        at: `/whatsapp?chat=${chatId}`,
        path: `whatsapp/chats/${chatId}/messages`,
        holds: 'mercado 52,90',
        button: 'Mensagens anteriores',
      },
    ]
    for (const list of lists) await expectToGoOn(page, list)
  })
