// The whole product as the browser tests meet it: the built web, API and worker, mail catcher and WhatsApp
// simulator on free ports, over a throw-away database. The addresses reach what runs against it as E2E_*
// variables. By itself it keeps running, for writing tests; with arguments it lasts as long as `node <arguments>`:
//   node scripts/browser-stack.ts e2e/screenshots.ts
//   node scripts/browser-stack.ts node_modules/@playwright/test/cli.js test --config e2e flows/live.spec.ts
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { DEMO_LOGIN } from '../backend/prisma/demo-login.ts'
import type { Environment } from './env-file.ts'
import { freshEnvironment, ROOT } from './env-file.ts'
import { LogFiles } from './log-lines.ts'
import { PartFailedError } from './part.ts'
import { freePorts } from './ports.ts'
import type { Ports } from './settings.ts'
import { startStack } from './stack.ts'
import { CHROMIUM, ensureProgram, findProgram } from './system-packages.ts'
import { startTestCluster } from './test-cluster.ts'
import { runTool } from './test-runner.ts'

const FRONTEND = path.join(ROOT, 'frontend')
// A folder of its own: somebody may build frontend/dist while tests run.
const BUILT_WEB = path.join(ROOT, '.data', 'e2e-web')
const BUILT_FROM = path.join(BUILT_WEB, '.built-from')

export interface BrowserStack {
  /** The addresses, and the browser's path. */
  env: Environment
  stop(): Promise<void>
}

/**
 * Builds the web and starts everything; with the demo workspaces in it. Ends with this process at the latest.
 * @param coverage a folder that takes what ran: `server` by Node once it ends, `browser` by the tests; `web` is the
 *   build with its maps
 */
export async function startBrowserStack(coverage?: string): Promise<BrowserStack> {
  const chromium = await chromiumPath()
  const builtWeb = coverage === undefined ? BUILT_WEB : path.join(coverage, 'web')
  if (coverage === undefined) await buildWebOnce()
  else await buildWeb(builtWeb, ['--sourcemap'])
  const [web, api, dbAdmin, mailUi, smtp, whatsapp, postgres] = await freePorts(7)
  const ports = { web, api, dbAdmin, mailUi, smtp, whatsapp, postgres } as Ports
  const cluster = await startTestCluster({ port: ports.postgres })
  const logs = new LogFiles(path.join(ROOT, '.data', 'logs', 'e2e'), () => undefined)
  const stack = startStack({
    // Tests sign up dozens of people from one address; a password is as safe here as its database lasts.
    env: {
      ...freshEnvironment(),
      RATE_LIMITS: 'off',
      BCRYPT_ROUNDS: '4',
      ...(coverage === undefined ? {} : { NODE_V8_COVERAGE: path.join(coverage, 'server') }),
    },
    ports,
    adminUrl: cluster.adminUrl,
    logs,
    mode: { builtWeb },
    withStudio: false,
    withSeed: true,
  })
  const stop = async (): Promise<void> => {
    await stack.stop()
    await cluster.stop()
  }
  try {
    await stack.ready
  } catch (error) {
    if (error instanceof PartFailedError) console.log(error.lastLines.join('\n'))
    await stop()
    throw error
  }
  // Tests that fail from then on fail for this reason; it should stand among them.
  void stack.failed.then((error) => console.error(`${error.message} Logs: .data/logs/e2e/`))
  return {
    env: {
      ...stack.env,
      CHROMIUM_PATH: chromium,
      E2E_WEB_URL: `http://localhost:${ports.web}`,
      E2E_API_URL: `http://127.0.0.1:${ports.api}`,
      E2E_MAIL_URL: `http://127.0.0.1:${ports.mailUi}`,
      E2E_WHATSAPP_URL: `http://127.0.0.1:${ports.whatsapp}`,
      E2E_DEMO_EMAIL: DEMO_LOGIN.email,
      E2E_DEMO_PASSWORD: DEMO_LOGIN.password,
      ...(coverage === undefined ? {} : { E2E_COVERAGE: path.join(coverage, 'browser') }),
    },
    stop,
  }
}

/** Builds the web, unless it was built from these very sources. */
async function buildWebOnce(): Promise<void> {
  const sources = sourceHash()
  if (existsSync(BUILT_FROM) && readFileSync(BUILT_FROM, 'utf8') === sources) return
  await buildWeb(BUILT_WEB)
  writeFileSync(BUILT_FROM, sources)
}

async function buildWeb(folder: string, more: readonly string[] = []): Promise<void> {
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn', ...more]
  const exitCode = await runTool(args, { NODE_ENV: 'production' }, FRONTEND)
  if (exitCode !== 0) throw new Error(`The web could not be built; the exit code is ${exitCode}.`)
}

function sourceHash(): string {
  const patterns = ['contracts/src/**', 'frontend/{src,public}/**', 'frontend/*', 'package-lock.json']
  const hash = createHash('sha256')
  for (const file of globSync(patterns, { cwd: ROOT }).sort()) {
    const absolute = path.join(ROOT, file)
    // The build itself writes the tree of routes.
    if (statSync(absolute).isFile() && !file.endsWith('.gen.ts'))
      hash.update(`${file}\0`).update(readFileSync(absolute))
  }
  return hash.digest('hex')
}

/** CHROMIUM_PATH, an installed one, Playwright's own, or one installed now. */
async function chromiumPath(): Promise<string> {
  const found = findProgram(CHROMIUM)
  if (found) return found
  const { chromium } = await import('@playwright/test')
  const own = chromium.executablePath()
  return existsSync(own) ? own : ensureProgram(CHROMIUM)
}

async function main(args: string[]): Promise<number> {
  const stack = await startBrowserStack()
  try {
    if (args.length > 0) return await runTool(args, stack.env)
    for (const [name, value] of Object.entries(stack.env)) {
      if (/^(E2E_|CHROMIUM_)/.test(name)) console.log(`export ${name}=${value}`)
    }
    await new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, resolve)
    })
    return 0
  } finally {
    await stack.stop()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exit(await main(process.argv.slice(2)))
