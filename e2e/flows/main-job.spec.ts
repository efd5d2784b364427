/**
 * The whole main job, in one sitting: from signing up to a WhatsApp message that turns up on the open dashboard, while
 * neighbours with a workspace of their own look on and see none of it.
 */
import { listAccounts } from '@chronos/contracts/accounts'
import { listAuditLogs } from '@chronos/contracts/audit'
import { listTransactions } from '@chronos/contracts/transactions'
import type { Page } from '@playwright/test'
import { freshEmail, PASSWORD } from '../support/api.ts'
import { inBrazil, today } from '../support/dates.ts'
import { choose, row } from '../support/forms.ts'
import { linkTo } from '../support/mail.ts'
import { openAccount, spend } from '../support/scenes.ts'
import { statement } from '../support/statement.ts'
import { expect, test } from '../support/test.ts'
import { SIGNED_OUT } from '../support/watch.ts'
import { whatsappPerson } from '../support/whatsapp.ts'

const BALANCE = { name: 'Contas e saldos' }

function go(page: Page, name: string): Promise<void> {
  return page.getByRole('navigation', { name: 'Páginas' }).getByRole('link', { name, exact: true }).click()
}

test('from signing up to a WhatsApp message on the open dashboard', async ({ openBrowser, neighbours }) => {
  test.setTimeout(240_000)
  const wallet = await openAccount(neighbours, 'Carteira dos Lima', 30_000)
  await spend(neighbours, wallet, 'Feira dos Lima', -4_200)
  const neighbour = await openBrowser(neighbours)
  await neighbour.goto('/')
  await expect(neighbour.getByRole('main').getByText('Feira dos Lima')).toBeVisible()

  const page = await openBrowser(null, { expected: [SIGNED_OUT] })
  const sidebar = page.getByRole('navigation', BALANCE)
  const newest = page.getByRole('listitem')

  const email = freshEmail()

  await test.step('signs up, in Portuguese, and is asked where to begin', async () => {
    await page.goto('/')
    await page.getByRole('link', { name: 'Criar conta' }).click()
    await page.getByLabel('Seu nome').fill('Marina Duarte')
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Senha', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Nome do espaço').fill('Casa Duarte')
    await expect(page.getByRole('combobox', { name: 'Fuso horário' })).toHaveValue('America/Sao_Paulo')
    await page.getByRole('button', { name: 'Criar minha conta' }).click()
    await expect(page.getByRole('heading', { level: 1, name: /Marina$/ })).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Crie a primeira conta' })).toBeVisible()
  })

  await test.step('imports a bank statement after looking at it', async () => {
    await page.getByRole('link', { name: 'Importar extrato' }).last().click()
    await page.getByLabel('Arquivo do extrato').setInputFiles(statement())
    const preview = page.getByRole('table', { name: 'Prévia' })
    await expect(preview.getByText('SUPERMERCADO BOM PRECO')).toBeVisible()
    await expect(preview.getByText('-R$ 286,47')).toBeVisible()
    await expect(page.getByText('31415-9')).toBeVisible()
    // Nothing is booked before the last press.
    await expect(sidebar.getByRole('link')).toHaveCount(0)
    await page.getByRole('button', { name: 'Importar 4 lançamentos' }).click()
    await expect(page.getByRole('status').filter({ hasText: '4 lançamentos importados' })).toBeVisible()
    await expect(sidebar).toContainText('R$ 3.113,63')
  })

  await test.step('finds the month on the dashboard', async () => {
    await go(page, 'Visão geral')
    await expect(page.locator('[data-figure="income"]')).toContainText('R$ 4.800,00')
    await expect(page.locator('[data-figure="expense"]')).toContainText('R$ 1.686,37')
    await expect(page.locator('[data-figure="net"]')).toContainText('R$ 3.113,63')
    await expect(newest.filter({ hasText: 'ALUGUEL RUA DAS ACACIAS' })).toContainText('-R$ 1.350,00')
  })

  await test.step('the same statement again brings nothing', async () => {
    await go(page, 'Importar extrato')
    await page.getByLabel('Arquivo do extrato').setInputFiles(statement())
    await expect(page.getByRole('button', { name: 'Nada novo para importar' })).toBeDisabled()
  })

  await test.step('writes down an expense with its category', async () => {
    await go(page, 'Lançamentos')
    await expect(row(page, 'SUPERMERCADO BOM PRECO')).toBeVisible()
    await page.keyboard.press('n')
    const form = page.getByRole('form', { name: 'Lançamento rápido' })
    await form.getByLabel('Descrição').fill('Pão e leite')
    await form.getByLabel('Valor').fill('38,50')
    await choose(form, 'Categoria', 'Padaria')
    await form.getByRole('button', { name: 'Adicionar' }).click()
    await expect(row(page, 'Pão e leite')).toContainText('-R$ 38,50')
    await expect(row(page, 'Pão e leite')).toContainText('Padaria')
    await expect(sidebar).toContainText('R$ 3.075,13')
  })

  await test.step('splits another into parts that sum to it', async () => {
    await page.getByRole('button', { name: 'Novo lançamento' }).click()
    const drawer = page.getByRole('dialog', { name: 'Novo lançamento' })
    await drawer.getByLabel('Valor').fill('200')
    await drawer.getByLabel('Descrição').fill('Compras da semana')
    await drawer.getByRole('button', { name: 'Dividir' }).click()
    await choose(drawer, 'Categoria da parte 1', 'Mercado')
    await drawer.getByLabel('Valor da parte 1').fill('120')
    await choose(drawer, 'Categoria da parte 2', 'Farmácia')
    await expect(drawer.getByText('Falta distribuir R$ 80,00')).toBeVisible()
    await drawer.getByRole('button', { name: 'Ajustar' }).click()
    await expect(drawer.getByLabel('Valor da parte 2')).toHaveValue('80,00')
    await drawer.getByRole('button', { name: 'Salvar', exact: true }).click()
    await expect(drawer).toBeHidden()
    await expect(row(page, 'Compras da semana')).toContainText('2 partes')
    await expect(sidebar).toContainText('R$ 2.875,13')
  })

  await test.step('deletes one, and takes it back', async () => {
    await page.getByRole('button', { name: 'FARMACIA SAO LUCAS' }).click()
    const drawer = page.getByRole('dialog', { name: 'Editar lançamento' })
    await drawer.getByRole('button', { name: 'Excluir' }).click()
    await expect(drawer).toBeHidden()
    await expect(row(page, 'FARMACIA SAO LUCAS')).toHaveCount(0)
    await expect(sidebar).toContainText('R$ 2.925,03')
    await page.getByRole('button', { name: 'Desfazer' }).click()
    await expect(row(page, 'FARMACIA SAO LUCAS')).toContainText('-R$ 49,90')
    await expect(sidebar).toContainText('R$ 2.875,13')
  })

  await test.step('narrows the list; the address keeps how', async () => {
    await choose(page.getByRole('search'), 'Categoria', 'Padaria')
    await page.getByRole('searchbox', { name: 'Buscar lançamentos' }).fill('leite')
    await expect(page).toHaveURL(/\/transactions\?(?=.*categoryId=)(?=.*q=leite)/)
    await expect(row(page, 'Compras da semana')).toHaveCount(0)
    await page.reload()
    await expect(row(page, 'Pão e leite')).toBeVisible()
    await expect(row(page, 'Compras da semana')).toHaveCount(0)
    await page.getByRole('button', { name: 'Limpar filtros' }).click()
    await expect(row(page, 'Compras da semana')).toBeVisible()
    await expect(page).toHaveURL('/transactions')
  })

  await test.step('sets a budget and sees how far it is', async () => {
    await go(page, 'Orçamentos')
    await page.getByRole('button', { name: 'Novo orçamento' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Novo orçamento' })
    await choose(dialog, 'Categoria', 'Padaria')
    await dialog.getByLabel('Limite por mês').fill('154,00')
    await dialog.getByRole('button', { name: 'Salvar' }).click()
    await expect(page.getByRole('progressbar', { name: 'Padaria' })).toHaveAttribute('aria-valuenow', '25')
    await expect(page.getByRole('main').getByText('R$ 38,50 de R$ 154,00')).toBeVisible()
  })

  const marina = whatsappPerson('Marina')

  await test.step('ties a WhatsApp to the workspace with a code, once the e-mail is verified', async () => {
    await go(page, 'WhatsApp')
    await expect(page.getByText('Confirme seu e-mail antes: só então')).toBeVisible()
    await page.goto(await linkTo(email, '/verify-email'))
    await page.getByRole('link', { name: 'Continuar' }).click()
    await go(page, 'WhatsApp')
    await page.getByRole('button', { name: 'Conectar WhatsApp' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'Conectar WhatsApp' })
    const code = await dialog.getByLabel('Código para enviar').textContent()
    await marina.writes(code ?? '')
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('heading', { name: 'Marina' })).toBeVisible()
    await expect.poll(() => marina.hears()).toHaveLength(1)
  })

  await test.step('a WhatsApp message turns up on the open dashboard', async () => {
    await go(page, 'Visão geral')
    await expect(newest.filter({ hasText: 'Compras da semana' })).toBeVisible()
    await page.evaluate(() => Object.assign(window, { sameDocument: true }))
    await marina.writes('mercado 52,90')
    await expect(newest.filter({ hasText: /mercado/i }).filter({ hasText: '-R$ 52,90' })).toBeVisible()
    await expect(sidebar).toContainText('R$ 2.822,23')
    expect(await page.evaluate(() => 'sameDocument' in window), 'without a reload').toBe(true)
    await expect.poll(() => marina.hears()).toHaveLength(2)
  })

  await test.step('the chat on the web shows the message, its reply and its transaction', async () => {
    await go(page, 'WhatsApp')
    const log = page.getByRole('log', { name: 'Mensagens' })
    const said = log.getByRole('article', { name: 'Mensagem recebida' }).filter({ hasText: 'mercado 52,90' })
    await expect(said).toHaveCount(1)
    await expect(log.getByRole('article', { name: 'Resposta enviada' }).last()).toContainText('52,90')
    await said.getByRole('link', { name: 'Ver lançamento' }).click()
    const drawer = page.getByRole('dialog', { name: 'Editar lançamento' })
    await expect(drawer.getByLabel('Valor')).toHaveValue('52,90')
    await expect(drawer.getByLabel('Data')).toHaveValue(inBrazil(today()))
    await page.keyboard.press('Escape')
    await expect(drawer).toBeHidden()
  })

  await test.step('the history tells who did what', async () => {
    await go(page, 'Histórico')
    const entries = page.getByRole('main').getByRole('listitem')
    await expect(entries.filter({ hasText: 'Marina Duarte (WhatsApp) criou um lançamento' })).toHaveCount(1)
    await expect(entries.filter({ hasText: 'Marina Duarte criou um orçamento' })).toHaveCount(1)
    await expect(entries.filter({ hasText: 'uma importação extrato.ofx' }).first()).toBeVisible()
  })

  await test.step('the neighbours have seen none of it', async () => {
    // Their own next change proves that their page was listening all the while.
    await spend(neighbours, wallet, 'Pastel dos Lima', -1_500)
    const theirs = neighbour.getByRole('main')
    await expect(theirs.getByText('Pastel dos Lima')).toBeVisible()
    await expect(theirs.getByRole('listitem').filter({ hasText: 'R$ 243,00' })).toBeVisible()
    for (const secret of ['Duarte', 'Marina', 'ALUGUEL', 'mercado 52', 'Compras da semana']) {
      await expect(neighbour.getByText(secret)).toHaveCount(0)
    }
    const { items } = await neighbours.ask(listTransactions)
    expect(items.map(({ description }) => description)).toEqual(['Pastel dos Lima', 'Feira dos Lima'])
    expect((await neighbours.ask(listAccounts)).items).toHaveLength(1)
    const audit = JSON.stringify(await neighbours.ask(listAuditLogs))
    expect(audit).toContain('Pastel dos Lima')
    expect(audit).not.toMatch(/Duarte|Marina|ALUGUEL|mercado 52/)
  })

  await test.step('signs out', async () => {
    await page.getByRole('button', { name: 'espaço e preferências' }).click()
    await page.getByRole('menuitem', { name: 'Sair' }).click()
    await expect(page.getByRole('heading', { name: 'Que bom ter você de volta' })).toBeVisible()
    await page.goBack()
    await expect(page.getByRole('heading', { name: 'Que bom ter você de volta' })).toBeVisible()
  })
})
