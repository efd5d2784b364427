import { expect } from '@playwright/test'
import type { Locator, Page } from '@playwright/test'

/** Chooses from a list that opens on a press. Names are whole and exact. */
export async function choose(scope: Page | Locator, label: string, option: string): Promise<void> {
  const page = 'page' in scope ? scope.page() : scope
  const field = scope.getByRole('combobox', { name: label, exact: true })
  await field.click()
  await page.getByRole('option', { name: option, exact: true }).click()
  await expect(field).toHaveValue(option)
}

/** A row of the list of transactions. */
export function row(page: Page, description: string): Locator {
  return page.getByRole('row').filter({ has: page.getByRole('button', { name: description, exact: true }) })
}

/** A toast at the bottom. */
export function toast(page: Page, text: string): Locator {
  return page.getByRole('alert').filter({ hasText: text })
}
