/** What every page must be, whatever it shows. Soft: one run tells all that is wrong. */
import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'
import type { Page } from '@playwright/test'

/** Waits until the page has drawn what it asked for. */
export async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
  await expect(page.locator('[aria-busy="true"], .mantine-Skeleton-root')).toHaveCount(0)
}

/** Goes to another page of the open app, as a link does: without loading it all again. */
export async function travel(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: history.state as unknown }))
  }, path)
  await settled(page)
}

/** Shows the page in one scheme, as a person whose system changes sees it, with all fading done. */
export async function show(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
  await page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getTiming().iterations !== Infinity)
    await Promise.allSettled(passing.map(({ finished }) => finished))
  })
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect.soft(wider, 'pixels by which the page is wider than the screen').toBeLessThanOrEqual(0)
}

/** A text that was never written shows as its key, `budgets.empty`; also in labels that only a screen reader speaks. */
export async function expectNoMissingTexts(page: Page): Promise<void> {
  const missing = await page.evaluate(() => {
    const key =
      /^(access|accounts|amount|audit|budgets|categories|common|dashboard|errors|exports|import|members|nav|operator|palette|person|privacy|security|session|settings|tokens|transactions|whatsapp|workspace)\.[\w.]+$|\{\{/
    const texts = [...document.querySelectorAll('body *')].flatMap((element) => [
      ...[...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.nodeValue ?? ''),
      ...['aria-label', 'placeholder', 'title', 'alt'].map((name) => element.getAttribute(name) ?? ''),
    ])
    return texts.map((text) => text.trim()).filter((text) => key.test(text))
  })
  expect.soft(missing, 'texts without a translation').toEqual([])
}

/** Nothing that shuts somebody out: contrast, names, roles, focus. */
export function expectAccessible(page: Page): Promise<void> {
  return expectNoViolation(page, analysis(page))
}

/** The one thing that changes with the colours. */
export function expectContrast(page: Page): Promise<void> {
  return expectNoViolation(page, analysis(page).withRules('color-contrast'))
}

function analysis(page: Page): AxeBuilder {
  // No frames here: the other way opens one more page for each look.
  return new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode()
}

/** What is found twice: a list that is drawn anew during the look has no background for an instant. */
async function expectNoViolation(page: Page, builder: AxeBuilder): Promise<void> {
  let grave = await graveOf(builder)
  if (grave.length > 0) {
    await settled(page)
    const before = new Set(grave)
    grave = (await graveOf(builder)).filter((each) => before.has(each))
  }
  expect.soft(grave, `accessibility of ${page.url()}`).toEqual([])
}

async function graveOf(builder: AxeBuilder): Promise<string[]> {
  const { violations } = await builder.analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join(' | ')}`,
    )
}
