/** The session as a browser lives it: renewed in silence, over everywhere at once, and closed to other sites. */
import { listAccounts } from '@chronos/contracts/accounts'
import { listImports } from '@chronos/contracts/imports'
import type { Page } from '@playwright/test'
import { openAccount } from '../support/scenes.ts'
import { settings } from '../support/settings.ts'
import { expect, test } from '../support/test.ts'
import { SIGNED_OUT } from '../support/watch.ts'

const EXPIRED = /\/api\/v1\/[^ ]+: 401$/
const HOME = { level: 1, name: /Marina$/ } as const
const SIGN_IN = { name: 'Que bom ter você de volta' } as const

/** What time does to the access token: the browser drops its cookie. */
function expireAccess(page: Page): Promise<void> {
  return page.context().clearCookies({ name: 'chronos_access' })
}

function countRefreshes(page: Page): { count: number } {
  const seen = { count: 0 }
  page.context().on('request', (request) => {
    if (request.url().endsWith('/auth/refresh')) seen.count += 1
  })
  return seen
}

test('an expired access token is renewed in silence, once for all that waits, and writing goes on', async ({
  openBrowser,
  household,
}) => {
  await openAccount(household, 'Carteira')
  const page = await openBrowser(household, { expected: [EXPIRED] })
  const refreshes = countRefreshes(page)
  await page.goto('/')
  await expect(page.getByRole('heading', HOME)).toBeVisible()
  await expireAccess(page)
  await page.getByRole('link', { name: 'Histórico', exact: true }).click()
  // The dashboard names the account too: what was asked for is there when its own heading is.
  await expect(page.getByRole('heading', { level: 1, name: 'Histórico' })).toBeVisible()
  await expect(page.getByRole('main').getByText('Carteira').first()).toBeVisible()
  expect(refreshes.count).toBe(1)

  await expireAccess(page)
  await page.getByRole('button', { name: 'Novo lançamento' }).click()
  const drawer = page.getByRole('dialog', { name: 'Novo lançamento' })
  await drawer.getByLabel('Valor').fill('9,90')
  await drawer.getByLabel('Descrição').fill('Chá')
  await drawer.getByRole('button', { name: 'Salvar', exact: true }).click()
  await expect(drawer).toBeHidden()
  await expect(page.getByRole('navigation', { name: 'Contas e saldos' })).toContainText('-R$ 9,90')
  expect(refreshes.count).toBe(2)
})

test('two tabs that find the token expired at once both go on', async ({ openBrowser, household }) => {
  await openAccount(household, 'Carteira')
  const first = await openBrowser(household, { expected: [EXPIRED] })
  const second = await first.context().newPage()
  for (const page of [first, second]) await page.goto('/')
  await expireAccess(first)
  await Promise.all([first.reload(), second.reload()])
  for (const page of [first, second]) await expect(page.getByRole('heading', HOME)).toBeVisible()
})

test('signing out in one tab closes the others', async ({ openBrowser, household }) => {
  const first = await openBrowser(household, { expected: [SIGNED_OUT, EXPIRED] })
  const second = await first.context().newPage()
  await first.goto('/')
  await second.goto('/budgets')
  await expect(second.getByRole('heading', { level: 1, name: 'Orçamentos' })).toBeVisible()
  await first.getByRole('button', { name: 'espaço e preferências' }).click()
  await first.getByRole('menuitem', { name: 'Sair' }).click()
  for (const page of [first, second]) await expect(page.getByRole('heading', SIGN_IN)).toBeVisible()
})

test('a session ended elsewhere leads to signing in, and from there back to the same page', async ({
  openBrowser,
  household,
}) => {
  await openAccount(household, 'Carteira')
  const page = await openBrowser(household, { expected: [SIGNED_OUT, EXPIRED] })
  await page.goto('/transactions?q=mercado')
  await expect(page.getByText('Nada combina com esses filtros')).toBeVisible()
  const cookies = await page.context().cookies()
  const csrf = cookies.find(({ name }) => name === 'chronos_csrf')?.value ?? ''
  // As another device would: the server ends the session, this page is not told by its own script.
  const ended = await fetch(`${settings.apiUrl}/api/v1/auth/logout`, {
    method: 'POST',
    headers: {
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
      'x-csrf-token': decodeURIComponent(csrf),
    },
  })
  expect(ended.status).toBe(204)
  await page.reload()
  await expect(page.getByRole('heading', SIGN_IN)).toBeVisible()
  await page.getByLabel('E-mail').fill(household.email)
  await page.getByLabel('Senha', { exact: true }).fill('não é esta')
  await page.getByRole('button', { name: 'Entrar' }).click()
  await expect(page.getByRole('alert')).toContainText('E-mail ou senha não conferem.')
  await page.getByLabel('Senha', { exact: true }).fill(household.password)
  await page.getByRole('button', { name: 'Entrar' }).click()
  await expect(page).toHaveURL('/transactions?q=mercado')
  await expect(page.getByText('Nada combina com esses filtros')).toBeVisible()
})

test('scripts read no token, and nothing is changed without the CSRF token', async ({
  openBrowser,
  household,
}) => {
  const page = await openBrowser(household, { expected: [/\/accounts: 403$/] })
  await page.goto('/')
  await expect(page.getByRole('heading', HOME)).toBeVisible()
  const readable = await page.evaluate(() => document.cookie)
  expect(readable).toMatch(/^chronos_csrf=[^;]+$/)
  for (const cookie of await page.context().cookies()) {
    expect(cookie.sameSite, cookie.name).toBe('Lax')
    expect(cookie.httpOnly, cookie.name).toBe(cookie.name !== 'chronos_csrf')
  }
  const post = (token: string | null): Promise<number> =>
    page.evaluate(async (csrf) => {
      const response = await fetch('/api/v1/accounts', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(csrf === null ? {} : { 'x-csrf-token': csrf }) },
        body: JSON.stringify({ name: 'Conta', type: 'cash', currency: 'BRL' }),
      })
      return response.status
    }, token)
  expect(await post(null)).toBe(403)
  expect(await post('x'.repeat(43))).toBe(403)
  expect((await household.ask(listAccounts)).items).toHaveLength(0)
  expect(await post(decodeURIComponent(readable.replace('chronos_csrf=', '')))).toBe(201)
})

test('another site that posts a form changes nothing', async ({ openBrowser, household }) => {
  const page = await openBrowser(household, { expected: [/\/imports: 401$/] })
  await page.route('http://other-site.test/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" enctype="multipart/form-data" action="${settings.webUrl}/api/v1/imports">
        <input name="file" value="date,amount"><button>Win a prize</button></form>`,
    }),
  )
  await page.goto('http://other-site.test/')
  const answer = page.waitForResponse(/\/imports$/)
  await page.getByRole('button', { name: 'Win a prize' }).click()
  // The browser keeps the session's cookies to our own pages.
  expect((await answer).status()).toBe(401)
  expect((await household.ask(listImports)).items).toHaveLength(0)
})

test('an address that makes no sense is read as far as it does', async ({ openBrowser, household }) => {
  const page = await openBrowser(household)
  await page.goto('/transactions?from=yesterday&accountId=1&categoryId=%27&q=mercado&other=1')
  await expect(page.getByText('Nada combina com esses filtros')).toBeVisible()
  await expect(page).toHaveURL('/transactions?q=mercado')
})

// Other spellings: frontend/src/lib/own-path.test.ts.
for (const trap of ['https://other-site.test/', '/\t/other-site.test/']) {
  test(`signing in never leads away: next=${JSON.stringify(trap)}`, async ({ openBrowser, household }) => {
    const page = await openBrowser(null, { expected: [SIGNED_OUT] })
    await page.goto(`/sign-in?next=${encodeURIComponent(trap)}`)
    await page.getByLabel('E-mail').fill(household.email)
    await page.getByLabel('Senha', { exact: true }).fill(household.password)
    await page.getByRole('button', { name: 'Entrar' }).click()
    await expect(page.getByRole('heading', HOME)).toBeVisible()
    expect(new URL(page.url()).origin).toBe(settings.webUrl)
  })
}
