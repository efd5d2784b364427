/** The console of who runs the server: signed in with a code, it limits and suspends, and every act is told. */
import { signUp } from '../support/api.ts'
import { makeOperator } from '../support/operator.ts'
import {
  expectAccessible,
  expectContrast,
  expectNoMissingTexts,
  expectNoSidewaysScroll,
  settled,
  show,
  travel,
} from '../support/page-checks.ts'
import { expect, test } from '../support/test.ts'

const PHONE = { width: 412, height: 839 }

test('an operator signs in, limits and suspends a tenant, and the log tells of it', async ({
  openBrowser,
}) => {
  const owner = await signUp('Rita Prado', 'Padaria Prado')
  const olga = await makeOperator('Olga')
  const page = await openBrowser(null, { expected: [/\/control\/(me|sessions): 401$/] })

  await page.goto('/operator')
  const signIn = async (code: string): Promise<void> => {
    await page.getByLabel('E-mail', { exact: true }).fill(olga.email)
    await page.getByLabel('Senha', { exact: true }).fill(olga.password)
    await page.getByLabel('Código', { exact: true }).fill(code)
    await page.getByRole('button', { name: 'Entrar' }).click()
  }
  await signIn('000000')
  await expect(page.getByRole('alert')).toContainText('E-mail, senha ou código não conferem')
  await signIn(olga.code())
  await expect(page.getByRole('heading', { level: 1, name: 'Inquilinos' })).toBeVisible()

  await test.step('one tenant: limits, then suspended', async () => {
    await page.getByPlaceholder('Começo do nome, ou um id').fill('Padaria Prado')
    await page.getByRole('link', { name: /Padaria Prado/ }).click()
    await settled(page)
    await page.getByRole('button', { name: 'Limites e recursos' }).click()
    const limits = page.getByRole('dialog')
    await limits.getByLabel('Contas').fill('3')
    await limits.getByRole('button', { name: 'Salvar' }).click()
    await expect(page.getByText('0 de 3')).toBeVisible()

    await page.getByRole('button', { name: 'Suspender' }).click()
    const suspend = page.getByRole('dialog')
    await suspend.getByLabel('Motivo').fill('Fatura em aberto')
    await suspend.getByRole('button', { name: 'Suspender' }).click()
    await expect(page.getByRole('button', { name: 'Reativar' })).toBeVisible()
  })

  await test.step('every page, phone and desktop, light and dark', async () => {
    const pages = ['', '/plans', '/acts', '/persons', `/tenants/${owner.tenantId}`]
    for (const where of pages) {
      await travel(page, `/operator${where}`)
      await show(page, 'light')
      await expectNoMissingTexts(page)
      await expectAccessible(page)
      await page.setViewportSize(PHONE)
      await expectNoSidewaysScroll(page)
      await show(page, 'dark')
      await expectContrast(page)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
  })

  await test.step('the log of acts, in words', async () => {
    await travel(page, '/operator/acts')
    const acts = page.getByRole('main').getByRole('listitem')
    await expect(acts.filter({ hasText: 'Olga suspendeu um inquilino' })).toContainText('Fatura em aberto')
    await expect(acts.filter({ hasText: 'Olga alterou os limites' })).toContainText('Contas: 3')
    await expect(acts.filter({ hasText: 'Olga teve a entrada recusada' })).toBeVisible()
  })

  const household = await openBrowser(null, { expected: [/\/(me|auth\/\w+): 40[13]$/] })
  await household.goto('/sign-in')
  await household.getByLabel('E-mail', { exact: true }).fill(owner.email)
  await household.getByLabel('Senha', { exact: true }).fill(owner.password)
  await household.getByRole('button', { name: 'Entrar', exact: true }).click()
  await expect(household.getByText(/suspens/i).first()).toBeVisible()

  await page.getByRole('button', { name: 'Sair' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Operação do servidor' })).toBeVisible()
})
