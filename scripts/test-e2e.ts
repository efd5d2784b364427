// The browser tests: Playwright against the whole product, started for it alone.
import path from 'node:path'
import { startBrowserStack } from './browser-stack.ts'
import { playwrightResult } from './test-results.ts'
import { runTool } from './test-runner.ts'
import type { SuiteResult } from './test-runner.ts'

/**
 * @param folder takes the tool's report
 * @param coverage takes what of server and web ran, where that is wanted
 */
export async function runBrowserTests(folder: string, coverage?: string): Promise<SuiteResult> {
  const stack = await startBrowserStack(coverage)
  try {
    const report = path.join(folder, 'playwright.json')
    const exitCode = await runTool(
      ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e', '--reporter=list,json'],
      { ...stack.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
    )
    return playwrightResult(report, exitCode)
  } finally {
    await stack.stop()
  }
}
