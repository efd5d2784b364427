/** What one member does shows in every open page of the workspace by itself, and in no page of another. */
import type { Page } from '@playwright/test'
import type { Account } from '@chronos/contracts/accounts'
import { row } from '../support/forms.ts'
import { openAccount, spend } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

const SIDEBAR = { name: 'Contas e saldos' }

/** The list, with one transaction on it: from then on the page listens. */
async function openList(page: Page, first: string): Promise<Page> {
  await page.goto('/transactions')
  await expect(row(page, first)).toBeVisible()
  await expect(page.getByRole('navigation', SIDEBAR)).toContainText('R$')
  return page
}

let wallet: Account

test.beforeEach(async ({ household }) => {
  wallet = await openAccount(household, 'Carteira', 100_000)
  await spend(household, wallet, 'Água', -1_000)
})

test('what is written in one tab appears in the other tab, in another browser, and with no neighbour', async ({
  openBrowser,
  household,
  neighbours,
}) => {
  const theirs = await openAccount(neighbours, 'Conta dos Lima', 50_000)
  await spend(neighbours, theirs, 'Luz dos Lima', -2_000)
  const neighbour = await openList(await openBrowser(neighbours), 'Luz dos Lima')
  const first = await openList(await openBrowser(household), 'Água')
  const second = await openList(await first.context().newPage(), 'Água')
  const elsewhere = await openList(await openBrowser(household), 'Água')
  const asked: string[] = []
  neighbour.on('request', (request) => asked.push(new URL(request.url()).pathname))

  await first.getByRole('button', { name: 'Lançamento rápido' }).click()
  const form = first.getByRole('form', { name: 'Lançamento rápido' })
  await form.getByLabel('Descrição').fill('Gás')
  await form.getByLabel('Valor').fill('110')
  await form.getByRole('button', { name: 'Adicionar' }).click()
  for (const page of [second, elsewhere]) {
    await expect(row(page, 'Gás')).toContainText('-R$ 110,00')
    await expect(page.getByRole('navigation', SIDEBAR)).toContainText('R$ 880,00')
  }

  // Up to here the neighbours' page had no reason to ask for anything; their own change shows that it listened.
  expect(asked).toEqual([])
  await spend(neighbours, theirs, 'Internet dos Lima', -9_000)
  await expect(row(neighbour, 'Internet dos Lima')).toBeVisible()
  await expect(row(neighbour, 'Gás')).toHaveCount(0)
  await expect(neighbour.getByRole('navigation', SIDEBAR)).toContainText('R$ 390,00')
})

test('the tabs of a browser share one stream, and the next tab takes over when its tab closes', async ({
  openBrowser,
  household,
}) => {
  const first = await openBrowser(household)
  const streams: Page[] = []
  first.context().on('request', (request) => {
    if (request.url().endsWith('/api/v1/events')) streams.push(request.frame().page())
  })
  await openList(first, 'Água')
  const second = await openList(await first.context().newPage(), 'Água')
  await spend(household, wallet, 'Gás', -11_000)
  await expect(row(first, 'Gás')).toBeVisible()
  await expect(row(second, 'Gás')).toBeVisible()
  expect(streams).toEqual([first])

  await first.close()
  await expect.poll(() => streams.at(-1)).toBe(second)
  await spend(household, wallet, 'Telefone', -5_000)
  await expect(row(second, 'Telefone')).toBeVisible()
})

test('what happened while a browser was offline shows when it is back', async ({
  openBrowser,
  household,
}) => {
  const page = await openList(
    await openBrowser(household, { expected: [/ERR_INTERNET_DISCONNECTED/] }),
    'Água',
  )
  await page.context().setOffline(true)
  await spend(household, wallet, 'Gás', -11_000)
  await page.context().setOffline(false)
  await expect(row(page, 'Gás')).toBeVisible({ timeout: 60_000 })
})

test('an edit made elsewhere is offered, never slipped under what is being typed', async ({
  openBrowser,
  household,
}) => {
  const first = await openList(await openBrowser(household), 'Água')
  const second = await openList(await openBrowser(household), 'Água')
  await row(first, 'Água').getByRole('button').click()
  const mine = first.getByRole('dialog', { name: 'Editar lançamento' })
  await mine.getByLabel('Observações').fill('conta de novembro')

  await row(second, 'Água').getByRole('button').click()
  const theirs = second.getByRole('dialog', { name: 'Editar lançamento' })
  await theirs.getByLabel('Descrição').fill('Água e esgoto')
  await theirs.getByRole('button', { name: 'Salvar', exact: true }).click()
  await expect(theirs).toBeHidden()

  await expect(mine.getByText('Alguém mudou este lançamento enquanto você editava.')).toBeVisible()
  await expect(mine.getByLabel('Observações')).toHaveValue('conta de novembro')
  await expect(mine.getByLabel('Descrição')).toHaveValue('Água')
  await mine.getByRole('button', { name: 'Carregar a versão atual' }).click()
  await expect(mine.getByLabel('Descrição')).toHaveValue('Água e esgoto')
})
