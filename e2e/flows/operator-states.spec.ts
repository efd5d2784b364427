/** Pages of the operators' console while the control plane is slow, fails in parts or has nothing to tell. */
import type { Page } from '@playwright/test'
import {
  expectAccessible,
  expectContrast,
  expectNoMissingTexts,
  expectNoSidewaysScroll,
  show,
} from '../support/page-checks.ts'
import { expect, test } from '../support/test.ts'

const PHONE = { width: 412, height: 839 }
const ID = '01a21b4f-c605-7144-ab59-b0f44f862b47'
const AT = '2026-11-27T01:00:00.000Z'
const LIMITS = {
  ...{ members: 5, accounts: null, transactionsPerMonth: null },
  ...{ storageBytes: null, whatsappMessagesPerMonth: null },
}
const TENANT = {
  ...{ id: ID, name: 'Padaria Prado', status: 'active', suspendedReason: null, planId: 'casa' },
  ...{ limits: LIMITS, features: {}, usage: {}, usageAt: null, supportUntil: null, deleteAfter: null },
  ...{ createdAt: AT, lastActiveAt: null, version: 1 },
}
const OPERATOR = { id: ID, name: 'Olga', email: 'olga@example.com', createdAt: AT, lastSeenAt: null }

type Answer = (query: URLSearchParams) => unknown
const FAILS: Answer = () => null
const listOf =
  (items: unknown[], nextCursor: string | null = null): Answer =>
  () => ({ items, nextCursor })

/** What the control plane answers, by the end of its address; null is a failure of its own, undefined no answer at all. */
async function answering(page: Page, answers: Record<string, Answer>): Promise<void> {
  const known: Record<string, Answer> = {
    me: () => ({ operator: OPERATOR, csrfToken: 'x', expiresAt: '2099-01-01T00:00:00.000Z' }),
    ...answers,
  }
  await page.route('**/api/v1/control/**', async (route) => {
    const { pathname, searchParams } = new URL(route.request().url())
    const answer = known[pathname.split('/').at(-1) ?? '']?.(searchParams)
    if (answer === undefined) return
    const problem = { type: 'about:blank', title: 'x', status: 500, code: 'internal', requestId: 'req-7f3a' }
    await route.fulfill({ status: answer === null ? 500 : 200, json: answer ?? problem })
  })
}

async function expectWell(page: Page): Promise<void> {
  await show(page, 'light')
  await expectNoMissingTexts(page)
  await expectAccessible(page)
  await page.setViewportSize(PHONE)
  await expectNoSidewaysScroll(page)
  await show(page, 'dark')
  await expectContrast(page)
  await page.setViewportSize({ width: 1280, height: 800 })
}

// The page that could not begin says so in the console as well.
const expected = [/^console: ApiError: x/, /\/control\/[\w-]+(\/[\w-]+)?(\?\S*)?: 500$/]

test('lists that are empty say what will be there, and a search that finds nothing the way out', async ({
  openBrowser,
}) => {
  const page = await openBrowser(null)
  await answering(page, { tenants: listOf([]), plans: listOf([]), acts: listOf([]) })
  await page.goto('/operator?q=nada&status=suspended')
  await expect(page.getByText('Nenhum inquilino combina')).toBeVisible()
  await expectWell(page)
  await page.getByRole('button', { name: 'Mostrar todos' }).click()
  await expect(page).toHaveURL(/\/operator$/)
  await expect(page.getByRole('searchbox')).toHaveValue('')
  await expect(page.getByText('Nenhum inquilino ainda')).toBeVisible()
  await expectWell(page)
  for (const [where, hint] of [
    ['plans', 'nenhum inquilino tem limites'],
    ['acts', 'cada ato da operação vai aparecer aqui'],
  ] as const) {
    await page.goto(`/operator/${where}`)
    await expect(page.getByText(hint)).toBeVisible()
    await expectWell(page)
  }
})

test('a tenant without plans or counts is shown as far as it is known', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected })
  let plans: Answer = FAILS
  await answering(page, { [ID]: () => TENANT, plans: (query) => plans(query), acts: FAILS })
  await page.goto(`/operator/tenants/${ID}`)
  await expect(page.getByText('Ainda não contado')).toBeVisible()
  const plan = page.getByRole('region', { name: 'Plano' })
  await expect(plan.getByRole('combobox', { name: 'Plano' })).toHaveValue('casa')
  await expect(plan.getByRole('alert')).toContainText('Algo deu errado do nosso lado')
  await expectWell(page)
  const casa = { id: 'casa', name: 'Plano Casa', limits: LIMITS, features: {}, isDefault: true, tenants: 1 }
  plans = listOf([{ ...casa, version: 1 }])
  await plan.getByRole('button', { name: 'Tentar de novo' }).click()
  await expect(plan.getByRole('combobox', { name: 'Plano' })).toHaveValue('Plano Casa')
  await expect(plan.getByRole('button', { name: 'Limites e recursos' })).toBeEnabled()
})

test('a page that waits or fails has its heading, and says why', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected })
  let tenant: Answer = () => undefined
  await answering(page, { [ID]: (query) => tenant(query), plans: listOf([]), acts: listOf([]) })
  await page.goto(`/operator/tenants/${ID}`)
  await expect(page.getByRole('heading', { level: 1, name: 'Inquilino' })).toBeVisible()
  await expect(page.locator('[aria-busy="true"]')).toBeVisible()
  tenant = FAILS
  await page.goto(`/operator/tenants/${ID}`)
  await expect(page.getByRole('alert')).toContainText('req-7f3a')
  await expect(page.getByRole('heading', { level: 1, name: 'Inquilino' })).toBeVisible()
  await expectWell(page)
})

test('a list whose next part does not come says so, keeps what is there, and goes on when asked', async ({
  openBrowser,
}) => {
  const page = await openBrowser(null, { expected })
  let more: Answer = FAILS
  await answering(page, {
    plans: listOf([]),
    tenants: (query) => (query.has('cursor') ? more(query) : listOf([TENANT], 'next')(query)),
  })
  await page.goto('/operator')
  await page.getByRole('button', { name: 'Carregar mais' }).click()
  await expect(page.getByRole('alert')).toContainText('Algo deu errado do nosso lado')
  await expect(page.getByRole('link', { name: /Padaria Prado/ })).toBeVisible()
  await expectWell(page)
  more = listOf([{ ...TENANT, id: ID.replace('01', '02'), name: 'Mercado Lima' }])
  await page.getByRole('button', { name: 'Tentar de novo' }).click()
  await expect(page.getByRole('link', { name: /Mercado Lima/ })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('a tenant that is chosen while the search still waits is opened', async ({ openBrowser }) => {
  const page = await openBrowser(null)
  await answering(page, {
    ...{ tenants: listOf([TENANT]), [ID]: () => TENANT, plans: listOf([]), acts: listOf([]) },
  })
  // The page of a tenant comes late, as over a slow line.
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  await page.route(/_tenantId/, async (route) => {
    await opened
    await route.continue()
  })
  await page.goto('/operator')
  const link = page.getByRole('link', { name: /Padaria Prado/ })
  await expect(link).toBeVisible()
  await page.clock.install()
  await page.getByRole('searchbox').fill('Padaria')
  await link.click()
  await page.clock.runFor(1000)
  open()
  await page.clock.resume()
  await expect(page.getByRole('heading', { level: 1, name: 'Padaria Prado' })).toBeVisible()
  await expect(page).toHaveURL(new RegExp(`/operator/tenants/${ID}$`))
})

test('a console that cannot ask who is there leads back to itself', async ({ openBrowser }) => {
  const page = await openBrowser(null, { expected })
  await answering(page, { me: FAILS })
  await page.goto('/operator')
  await expect(page.getByRole('main').getByRole('alert')).toContainText('req-7f3a')
  await expect(page.getByRole('link', { name: 'Voltar ao início' })).toHaveAttribute('href', '/operator')
})
