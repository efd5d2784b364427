/** Every page, as everybody may meet it: three languages, light and dark, phone and desktop; full, empty, and failed. */
import { LOCALES } from '@chronos/contracts/auth'
import type { Page } from '@playwright/test'
import { signUp } from '../support/api.ts'
import {
  expectAccessible,
  expectContrast,
  expectNoMissingTexts,
  expectNoSidewaysScroll,
  settled,
  show,
  travel,
} from '../support/page-checks.ts'
import { furnish, openAccount } from '../support/scenes.ts'
import type { Furnished } from '../support/scenes.ts'
import { expect, test as base } from '../support/test.ts'
import { SIGNED_OUT } from '../support/watch.ts'

const test = base.extend<object, { lived: Furnished }>({
  // One workspace for all these tests: they only look.
  lived: [
    async ({}, use) => use(await furnish(await signUp('Marina Duarte', 'Casa Duarte'))),
    { scope: 'worker', timeout: 120_000 },
  ],
})

const PLAIN = [
  '/',
  '/transactions',
  '/accounts',
  '/budgets',
  '/categories',
  '/import',
  '/whatsapp',
  '/audit',
  '/more',
  '/settings/profile',
  '/settings/workspace',
  '/settings/members',
  '/settings/plan',
  '/settings/exports',
]

function allPages({ split, waiting }: Furnished): string[] {
  return [
    ...PLAIN,
    `/transactions?tx=${split.id}`,
    '/accounts?add=transfer',
    `/import?id=${waiting.id}`,
    '/sign-in',
    '/sign-up',
    '/no-such-page',
  ]
}

async function inspect(page: Page, path: string): Promise<void> {
  await base.step(path, async () => {
    await page.goto(path)
    await settled(page)
    await expectNoSidewaysScroll(page)
    await expectNoMissingTexts(page)
    await expectAccessible(page)
  })
}

test('full pages, light and dark', async ({ openBrowser, lived }) => {
  const page = await openBrowser(lived.person)
  await page.goto('/more')
  await settled(page)
  for (const path of allPages(lived)) {
    await base.step(path, async () => {
      await travel(page, path)
      await show(page, 'light')
      await expectNoSidewaysScroll(page)
      await expectNoMissingTexts(page)
      await expectAccessible(page)
      // What a screen reader hears does not change with the colours.
      await show(page, 'dark')
      await expectContrast(page)
    })
  }
})

for (const locale of LOCALES.filter((each) => each !== 'pt-BR')) {
  test(`full pages in ${locale}`, async ({ openBrowser, lived }) => {
    const page = await openBrowser(lived.person)
    await page.addInitScript((chosen) => localStorage.setItem('chronos.locale', chosen), locale)
    await page.goto('/more')
    await settled(page)
    for (const path of allPages(lived)) {
      await base.step(path, async () => {
        await travel(page, path)
        await expectNoSidewaysScroll(page)
        await expectNoMissingTexts(page)
        await expect(page.locator('html')).toHaveAttribute('lang', locale)
      })
    }
  })
}

test('empty pages say how to begin', async ({ openBrowser, household }) => {
  test.setTimeout(240_000)
  const page = await openBrowser(household)
  const begin: Record<string, string> = {
    '/': 'Crie a primeira conta',
    '/transactions': 'Nada lançado ainda',
    '/accounts': 'Nenhuma conta ainda',
    '/budgets': 'Nenhum orçamento neste mês',
    '/import': 'Solte o arquivo do banco aqui',
    '/whatsapp': 'Nenhum WhatsApp conectado',
  }
  for (const [path, words] of Object.entries(begin)) {
    await inspect(page, path)
    await expect(page.getByRole('main').getByText(words).first()).toBeVisible()
  }
})

test('pages whose data does not come say so, and recover', async ({ openBrowser, household }) => {
  test.setTimeout(240_000)
  await openAccount(household, 'Carteira')
  const first = await openBrowser(household, { expected: [/: 503$/] })
  await first.goto('/more')
  await settled(first)
  const paths = ['/', '/transactions', '/accounts', '/budgets', '/categories', '/whatsapp', '/audit']
  // A page asks three times before it gives up: all of them wait at the same time, each in a tab of its own.
  const tabs = await Promise.all(
    paths.map(async (path) => {
      const page = await first.context().newPage()
      await page.route(/\/api\/v1\/(?!me$|events$|auth\/)/, (route) =>
        route.fulfill({ status: 503, body: 'down' }),
      )
      await page.goto(path)
      return { path, page }
    }),
  )
  for (const { path, page } of tabs) {
    await test.step(path, async () => {
      // Beside it a page may say what else is to be done, such as confirming an address.
      const failure = page
        .getByRole('main')
        .getByRole('alert')
        .filter({ hasText: 'O servidor está indisponível no momento' })
        .first()
      await expect(failure).toBeVisible()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
      await page.unrouteAll()
      for (const again of await page.getByRole('button', { name: 'Tentar de novo' }).all())
        await again.click()
      await expect(failure).toBeHidden()
      await settled(page)
      await page.close()
    })
  }
})

test('with the whole server away, the page says so and opens when it is back', async ({
  openBrowser,
  household,
}) => {
  const page = await openBrowser(household, { expected: [/ERR_CONNECTION_REFUSED/, /ApiError: network/] })
  await page.route('**/api/v1/**', (route) => route.abort('connectionrefused'))
  await page.goto('/accounts')
  await expect(page.getByRole('alert')).toContainText('Sem conexão com o servidor')
  await expectAccessible(page)
  await page.unrouteAll()
  await page.getByRole('button', { name: 'Tentar de novo' }).click()
  await expect(page.getByText('Nenhuma conta ainda')).toBeVisible()
})

test('without a session every page leads to signing in', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected: [SIGNED_OUT] })
  for (const path of PLAIN) {
    await page.goto(path)
    await expect(page.getByRole('heading', { name: 'Que bom ter você de volta' })).toBeVisible()
  }
})
