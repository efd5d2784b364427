/** Without a mouse. */
import { row } from '../support/forms.ts'
import { expectAccessible } from '../support/page-checks.ts'
import { openAccount, spend } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'

test('skips to the content, jumps by name, writes and opens by key', async ({ openBrowser, household }) => {
  const wallet = await openAccount(household, 'Carteira', 10_000)
  await spend(household, wallet, 'Água', -1_000)
  const page = await openBrowser(household)
  await page.goto('/')
  await expect(page.getByRole('listitem').filter({ hasText: 'Água' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Ir para o conteúdo' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()

  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Ir para, criar ou buscar…')).toBeFocused()
  await expectAccessible(page)
  await page.keyboard.type('lanca')
  await expect(page.getByRole('dialog').getByText('Lançamentos', { exact: true }).last()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Ir para, criar ou buscar…').fill('historico')
  await expect(page.getByRole('dialog').getByText('Histórico')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL('/audit')

  await page.goto('/transactions')
  await expect(row(page, 'Água')).toBeVisible()
  await page.keyboard.press('n')
  await expect(page.getByRole('form', { name: 'Lançamento rápido' }).getByLabel('Descrição')).toBeFocused()
  await page.keyboard.type('Gás')
  await page.keyboard.press('Tab')
  await page.keyboard.type('110')
  await page.keyboard.press('Enter')
  await expect(row(page, 'Gás')).toContainText('-R$ 110,00')
  await page.keyboard.press('Escape')
  await row(page, 'Gás').getByRole('button').focus()
  await page.keyboard.press('ArrowDown')
  await expect(row(page, 'Água').getByRole('button')).toBeFocused()
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Editar lançamento' })
  await expect(drawer.getByLabel('Valor')).toHaveValue('10,00')
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
})
