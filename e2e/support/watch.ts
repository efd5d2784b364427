/** Listens to a page: what a person with the developer tools open would frown at. */
import { expect } from '@playwright/test'
import type { BrowserContext } from '@playwright/test'

/** Who is signed in is asked before a page is shown; without a session the answer is no. */
export const SIGNED_OUT = /\/(me|auth\/refresh): 401$/

export interface Watch {
  /** What went wrong since the last look. */
  problems: string[]
}

/** In each page, before its own scripts: what the content policy stopped, said where the watch hears it. */
function tellViolations(): void {
  document.addEventListener('securitypolicyviolation', (event) => {
    const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event
    console.error(
      `content policy: ${effectiveDirective} stopped ${blockedURI} of ${sourceFile}:${lineNumber} ${sample}`,
    )
  })
}

/** @param expected what this journey provokes on purpose, such as the 401 of an ended session */
export async function watch(context: BrowserContext, expected: RegExp[] = []): Promise<Watch> {
  const problems: string[] = []
  await context.addInitScript(tellViolations)
  const note = (text: string): void => {
    if (!expected.some((pattern) => pattern.test(text))) problems.push(text)
  }
  context.on('console', (message) => {
    if (message.type() !== 'error') return
    // The browser reports a failed load once more, without saying of what; `response` and `requestfailed` do.
    if (message.text().startsWith('Failed to load resource')) return
    note(`console: ${message.text()}`)
  })
  context.on('weberror', (error) => note(`uncaught: ${error.error().message}`))
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'failed'
    // Leaving a page ends what it had under way, the stream of events above all.
    if (reason !== 'net::ERR_ABORTED') note(`${request.method()} ${request.url()}: ${reason}`)
  })
  context.on('response', (response) => {
    if (response.status() >= 400)
      note(`${response.request().method()} ${response.url()}: ${response.status()}`)
  })
  return { problems }
}

export function expectNoProblems({ problems }: Watch): void {
  expect(problems, 'errors in the console, failed requests').toEqual([])
}
