// The browser tests: builds the web, starts the whole product on free ports over a throw-away database, and
// runs Playwright against it. The addresses reach the tests as E2E_* variables.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { freshEnvironment, ROOT } from './env-file.ts'
import { LogFiles } from './log-lines.ts'
import { PartFailedError } from './part.ts'
import { freePorts } from './ports.ts'
import type { Ports } from './settings.ts'
import { startStack } from './stack.ts'
import { CHROMIUM, ensureProgram, findProgram } from './system-packages.ts'
import { startTestCluster } from './test-cluster.ts'
import { playwrightResult } from './test-results.ts'
import { runTool } from './test-runner.ts'
import type { SuiteResult } from './test-runner.ts'

/** `folder` takes the tool's report. */
export async function runBrowserTests(folder: string): Promise<SuiteResult> {
  const chromium = await chromiumPath()
  const built = await runTool(
    ['../node_modules/vite/bin/vite.js', 'build'],
    { NODE_ENV: 'production' },
    FRONTEND,
  )
  if (built !== 0) throw new Error(`The web could not be built; the exit code is ${built}.`)
  const [web, api, dbAdmin, mailUi, smtp, whatsapp, postgres] = await freePorts(7)
  const ports = { web, api, dbAdmin, mailUi, smtp, whatsapp, postgres } as Ports
  const cluster = await startTestCluster({ port: ports.postgres })
  const logs = new LogFiles(path.join(ROOT, '.data', 'logs', 'e2e'), () => undefined)
  const stack = startStack({
    env: { ...freshEnvironment(), RATE_LIMITS: 'off' },
    ports,
    adminUrl: cluster.adminUrl,
    logs,
    mode: 'built',
    withStudio: false,
    withSeed: true,
  })
  try {
    await stack.ready
    const report = path.join(folder, 'playwright.json')
    const exitCode = await runTool(
      ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e', '--reporter=list,json'],
      {
        ...stack.env,
        CHROMIUM_PATH: chromium,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
        E2E_WEB_URL: `http://localhost:${ports.web}`,
        E2E_API_URL: `http://127.0.0.1:${ports.api}`,
        E2E_MAIL_URL: `http://127.0.0.1:${ports.mailUi}`,
        E2E_WHATSAPP_URL: `http://127.0.0.1:${ports.whatsapp}`,
      },
    )
    return playwrightResult(report, exitCode)
  } catch (error) {
    if (error instanceof PartFailedError) console.log(error.lastLines.join('\n'))
    throw error
  } finally {
    await stack.stop()
    await cluster.stop()
  }
}

const FRONTEND = path.join(ROOT, 'frontend')

/** CHROMIUM_PATH, an installed one, Playwright's own, or one installed now. */
async function chromiumPath(): Promise<string> {
  const found = findProgram(CHROMIUM)
  if (found) return found
  const { chromium } = await import('@playwright/test')
  const own = chromium.executablePath()
  return existsSync(own) ? own : ensureProgram(CHROMIUM)
}
