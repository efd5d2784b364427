/** What every journey has: two workspaces that must not know of each other, and browsers to look at them with. */
import { test as base } from '@playwright/test'
import type { BrowserContextOptions, Page } from '@playwright/test'
import { signUp } from './api.ts'
import type { Person } from './api.ts'
import { recordScripts } from './coverage.ts'
import { expectNoProblems, watch } from './watch.ts'
import type { Watch } from './watch.ts'

interface BrowserOptions extends BrowserContextOptions {
  /** Errors that the journey provokes on purpose. */
  expected?: RegExp[]
}

interface Fixtures {
  /** Opens a browser of its own, signed in as the person where one is given. A page that reports errors fails its test. */
  openBrowser: (person: Person | null, options?: BrowserOptions) => Promise<Page>
  household: Person
  neighbours: Person
}

export const test = base.extend<Fixtures>({
  openBrowser: async ({ browser }, use) => {
    const watches: Watch[] = []
    const recordings: (() => Promise<void>)[] = []
    await use(async (person, { expected = [], ...options } = {}) => {
      const context = await browser.newContext(options)
      watches.push(await watch(context, expected))
      if (person) {
        const { email, password } = person
        const answer = await context.request.post('/api/v1/auth/login', { data: { email, password } })
        if (!answer.ok()) throw new Error(`${email} cannot sign in: ${answer.status()}`)
      }
      const page = await context.newPage()
      recordings.push(await recordScripts(page))
      return page
    })
    for (const finish of recordings) await finish()
    for (const one of watches) expectNoProblems(one)
  },
  household: async ({}, use) => use(await signUp('Marina Duarte', 'Casa Duarte')),
  neighbours: async ({}, use) => use(await signUp('Otávio Lima', 'Família Lima')),
})

export { expect } from '@playwright/test'
