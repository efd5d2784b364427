/** A day on the phone: everything within reach of the thumb. */
import { openAccount, spend } from '../support/scenes.ts'
import { expect, test } from '../support/test.ts'
import { row } from '../support/forms.ts'
import { SIGNED_OUT } from '../support/watch.ts'

test('signs in, writes, filters, takes back and signs out', async ({
  openBrowser,
  household,
  neighbours,
}) => {
  const wallet = await openAccount(household, 'Carteira', 20_000)
  await spend(household, wallet, 'Água', -1_000)
  const theirs = await openAccount(neighbours, 'Conta dos Lima')
  await spend(neighbours, theirs, 'Luz dos Lima', -2_000)
  const page = await openBrowser(null, { expected: [SIGNED_OUT] })
  const tabs = page.getByRole('navigation', { name: 'Páginas' })

  await page.goto('/')
  await page.getByLabel('E-mail').fill(household.email)
  await page.getByLabel('Senha', { exact: true }).fill(household.password)
  await page.getByRole('button', { name: 'Entrar' }).tap()
  await expect(page.getByRole('heading', { level: 1, name: /Marina$/ })).toBeVisible()

  await tabs.getByRole('button', { name: 'Novo lançamento' }).tap()
  const drawer = page.getByRole('dialog', { name: 'Novo lançamento' })
  await drawer.getByLabel('Valor').fill('12,50')
  await drawer.getByLabel('Descrição').fill('Café')
  await drawer.getByRole('button', { name: 'Salvar', exact: true }).tap()
  await expect(drawer).toBeHidden()
  await expect(page.getByRole('listitem').filter({ hasText: 'Café' })).toContainText('-R$ 12,50')

  await tabs.getByRole('link', { name: 'Lançamentos' }).tap()
  await expect(row(page, 'Água')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Buscar lançamentos' }).fill('caf')
  await expect(row(page, 'Água')).toHaveCount(0)
  await expect(page).toHaveURL(/[?&]q=caf/)
  await page.getByRole('button', { name: 'Filtros' }).tap()
  const filters = page.getByRole('dialog', { name: 'Filtros' })
  await filters.getByRole('button', { name: 'Limpar filtros' }).tap()
  await filters.getByRole('button', { name: 'Mostrar' }).tap()
  await expect(row(page, 'Água')).toBeVisible()

  await row(page, 'Café').getByRole('button').tap()
  await page.getByRole('dialog', { name: 'Editar lançamento' }).getByRole('button', { name: 'Excluir' }).tap()
  await expect(row(page, 'Café')).toHaveCount(0)
  await page.getByRole('button', { name: 'Desfazer' }).tap()
  await expect(row(page, 'Café')).toContainText('-R$ 12,50')
  await expect(page.getByText('Lima')).toHaveCount(0)

  await tabs.getByRole('link', { name: 'Mais' }).tap()
  await page.getByRole('button', { name: 'Sair' }).tap()
  await expect(page.getByRole('heading', { name: 'Que bom ter você de volta' })).toBeVisible()
})
