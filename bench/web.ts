/** The web: how much JavaScript the first load takes, and how soon the dashboard of a full workspace can be used. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { CHROMIUM_FLAGS } from '../e2e/support/chromium.ts'
import { ROOT } from '../scripts/env-file.ts'
import { CHROMIUM, findProgram } from '../scripts/system-packages.ts'
import { answers, startChild } from './lab/children.ts'
import { emailOf, manySessions, PASSWORD } from './lab/client.ts'
import { SkippedError, type Figure } from './lab/figure.ts'
import { seedLedgers } from './lab/seed.ts'
import { median } from './lab/statistics.ts'

const FRONTEND = path.join(ROOT, 'frontend')
const VITE = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')

/** Runs in the page: what the clock of the navigation says once no part of it is a placeholder. */
const USABLE = `(() => {
  const main = document.querySelector('main')
  const isReady = main !== null && main.querySelectorAll('li').length >= 8 && !main.querySelector('[aria-busy="true"]')
  return isReady && performance.now()
})()`

interface PageSize {
  page: string
  files: number
  js: { gzip: number; brotli: number }
}

export const web: Figure = {
  name: 'web',
  title: 'First load of the web, production build, on this machine',
  async run(lab) {
    const program = findProgram(CHROMIUM)
    if (program === undefined) throw new SkippedError(`there is no Chromium. ${CHROMIUM.advice}`)
    execFileSync(process.execPath, [VITE, 'build', '--logLevel', 'error'], { cwd: FRONTEND })
    const sizes = JSON.parse(
      execFileSync(process.execPath, ['scripts/bundle-size.ts', '--json'], {
        cwd: FRONTEND,
        encoding: 'utf8',
      }),
    ) as PageSize[]

    const database = await lab.database('web', async (fresh) => {
      const api = await lab.startApi(fresh, { roles: 'api,webhook,events' })
      const tenantIds = (await manySessions(api, 1)).map(({ tenantId }) => tenantId)
      await api.stop()
      await seedLedgers(fresh, { tenantIds, transactionsEach: 10_000 })
    })
    const port = await lab.freePort()
    const url = `http://127.0.0.1:${port}`
    const api = await lab.startApi(database, { roles: 'api,webhook,events', env: { PUBLIC_URL: url } })
    const preview = startChild({
      name: 'preview',
      command: ['node', VITE, 'preview', '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
      env: { API_PORT: String(api.port) },
      cwd: FRONTEND,
      logFolder: lab.folder,
    })
    const browser = await chromium.launch({ executablePath: program, args: CHROMIUM_FLAGS })
    try {
      await answers(preview, `${url}/`)
      const times: number[] = []
      // The first load warms up the servers, not the browser: each has an empty cache.
      for (let round = 0; round <= (lab.quick ? 3 : 5); round += 1)
        times.push(await dashboardMs(browser, url))
      const measured = times.slice(1)
      const largest = sizes.reduce((a, b) => (a.js.gzip > b.js.gzip ? a : b))
      const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1)
      return {
        table: [
          ['', 'kB gzip', 'kB brotli', 'files'],
          ...sizes.map(({ page, js, files }) => [
            page,
            kilobytes(js.gzip),
            kilobytes(js.brotli),
            String(files),
          ]),
        ],
        checks: [
          {
            what: `JavaScript of ${largest.page}, gzip`,
            value: largest.js.gzip / 1000,
            unit: 'kB',
            bound: 'most',
            limit: 250,
          },
          {
            what: 'dashboard usable, median',
            value: median(measured),
            unit: 'ms',
            bound: 'most',
            limit: 1500,
          },
        ],
        notes: [
          `Loads with an empty cache: ${measured.map((ms) => ms.toFixed(0)).join(', ')} ms; usable is when no part of the page is a placeholder any more.`,
          'A workspace with 10,000 transactions; kB are 1000 bytes.',
        ],
      }
    } finally {
      await browser.close()
      await preview.stop()
      await api.stop()
    }
  },
}

/** A fresh profile, signed in, opens the dashboard. @returns milliseconds from the navigation to its last part */
async function dashboardMs(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({
    bypassCSP: true,
    baseURL: url,
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
  })
  try {
    const answer = await context.request.post('/api/v1/auth/login', {
      data: { email: emailOf(0), password: PASSWORD },
    })
    if (!answer.ok()) throw new Error(`sign-in failed: ${answer.status()}`)
    const page = await context.newPage()
    await page.goto('/', { waitUntil: 'commit' })
    const usable = await page.waitForFunction(USABLE, undefined, { polling: 'raf', timeout: 30_000 })
    return Number(await usable.jsonValue())
  } finally {
    await context.close()
  }
}
