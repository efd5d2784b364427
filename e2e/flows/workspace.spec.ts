/** The life of a workspace, as its owner lives it: a further one, a file of it all, its end, and keeping it after all. */
import { readFile } from 'node:fs/promises'
import { getWorkspace } from '@chronos/contracts/workspace'
import { linkTo } from '../support/mail.ts'
import {
  expectAccessible,
  expectNoMissingTexts,
  expectNoSidewaysScroll,
  settled,
} from '../support/page-checks.ts'
import { expect, test } from '../support/test.ts'

test('a workspace is exported, given up and kept, and a further one is opened', async ({
  openBrowser,
  household,
}) => {
  const page = await openBrowser(household)
  await page.goto(await linkTo(household.email, '/verify-email'))
  await expect(page.getByRole('heading', { name: 'E-mail confirmado' })).toBeVisible()

  await page.goto('/settings/exports')
  await page.getByRole('button', { name: 'Fazer exportação' }).click()
  const fetched = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Baixar' }).click()
  const file = await fetched
  expect(file.suggestedFilename()).toMatch(/^chronos-\d{4}-\d\d-\d\d\.zip$/)
  expect((await readFile(await file.path())).subarray(0, 2).toString()).toBe('PK')

  const { name } = await household.ask(getWorkspace)
  await page.goto('/settings/workspace')
  await page.getByRole('button', { name: 'Excluir espaço' }).click()
  const dialog = page.getByRole('dialog')
  const really = dialog.getByRole('button', { name: 'Excluir espaço' })
  await dialog.getByRole('textbox').fill(name.slice(1))
  await expect(really).toBeDisabled()
  await dialog.getByRole('textbox').fill(name)
  await really.click()
  await expect(dialog).toBeHidden()
  await page.goto('/')
  const banner = page.getByRole('status').filter({ hasText: 'Este espaço será excluído em' })
  await expect(banner).toBeVisible()
  await settled(page)
  await expectNoSidewaysScroll(page)
  await expectNoMissingTexts(page)
  await expectAccessible(page)
  expect((await household.ask(getWorkspace)).deletion).not.toBeNull()
  await banner.getByRole('button').click()
  await expect(banner).toBeHidden()
  expect((await household.ask(getWorkspace)).deletion).toBeNull()

  await page.getByRole('button', { name: 'espaço e preferências' }).click()
  await page.getByRole('menuitem', { name: 'Novo espaço' }).click()
  const opening = page.getByRole('dialog', { name: 'Novo espaço' })
  await opening.getByRole('textbox').first().fill('Ateliê da Marina')
  await opening.getByRole('button', { name: 'Abrir espaço' }).click()
  await expect(page.getByRole('button', { name: 'Ateliê da Marina' })).toBeVisible()
})
