// `make test-compose`: the development stack in containers, on a project and ports of its own: set up, started, and each
// everyday target in MODE=docker, as typed, in a copy of this checkout that nothing was generated in; a browser opens the web
// through Nginx and sees what is edited. Ends with 1 where one does not do what it says; all of it goes away.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { CHROMIUM_FLAGS } from '../e2e/support/chromium.ts'
import { freePort } from './ports.ts'
import { scratchCheckout } from './scratch-checkout.ts'
import { CHROMIUM, findProgram } from './system-packages.ts'
import { needsCompose } from './needs.ts'

needsCompose()

const START_MS = 240_000
const SIGN_IN_FILE = 'frontend/src/locales/pt-BR/session.json'
const SIGN_IN_TEXT = 'Que bom ter você de volta'
const EDITED_TEXT = 'Um texto mudado'
const LIVE_FILE = 'backend/src/plugins/health.ts'
const LIVE_CODE = "status: 'ok', ...deps.version"
const EDITED_CODE = "status: 'edited', ...deps.version"
let failures = 0

function check(what: string, holds: boolean, seen: unknown): void {
  if (!holds) failures += 1
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}: ${String(seen)}`)
}

const checkout = scratchCheckout({ withPackages: true })
const names = ['WEB_PORT', 'API_PORT', 'DB_ADMIN_PORT', 'MAIL_UI_PORT', 'NGINX_PORT']
const ports = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, String(await freePort())] as const)),
)
const env = { ...process.env, ...ports, COMPOSE_PROJECT_NAME: `chronos-test-${process.pid}`, MODE: '' }
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''

function make(target: string, input = '', more: Record<string, string> = {}): { ok: boolean; out: string } {
  const { status, stdout, stderr } = spawnSync(
    'make',
    ['--no-print-directory', target, ...(target === 'setup-docker' ? [] : ['MODE=docker'])],
    {
      cwd: checkout.folder,
      env: { ...env, ...more },
      input,
      encoding: 'utf8',
    },
  )
  return { ok: status === 0, out: `${stdout}${stderr}` }
}

const published = (): string =>
  spawnSync('docker', ['ps', '--filter', `name=${env.COMPOSE_PROJECT_NAME}`, '--format', '{{.Ports}}'], {
    encoding: 'utf8',
  }).stdout

async function until(holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline;) {
    if (await holds()) return true
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
  return false
}

try {
  const setUp = make('setup-docker')
  check('setup-docker migrates and seeds', setUp.ok, lastLine(setUp.out))
  check(
    'and touches no port of the machine',
    !published().includes('->'),
    published().trim().replaceAll('\n', '; '),
  )
  const seeded = make('shell-postgres', 'select count(*) as tenants from app.tenants;')
  check(
    'shell-postgres asks the database of the containers',
    seeded.ok && /[1-9]/.test(seeded.out),
    lastLine(seeded.out),
  )
  const pong = make('shell-redis', 'ping')
  check('shell-redis asks Redis', pong.out.includes('PONG'), pong.out.trim())
  const early = make('health')
  check(
    'health ends with 1 while parts are down',
    !early.ok && /^backend +DOWN/m.test(early.out),
    'backend is down',
  )

  const dev = spawn('make', ['docker-dev'], { cwd: checkout.folder, env, stdio: 'ignore' })
  const isUp = await until(() => make('health').ok)
  const { out: table } = make('health')
  check('docker-dev comes up whole', isUp, `\n${table.trim()}`)
  for (const [name, address] of Object.entries({
    'the web': `http://localhost:${ports['WEB_PORT']}/`,
    'the API': `http://localhost:${ports['API_PORT']}/docs`,
    'the database administration': `http://localhost:${ports['DB_ADMIN_PORT']}/`,
    mails: `http://localhost:${ports['MAIL_UI_PORT']}/`,
    'the web through Nginx': `http://localhost:${ports['NGINX_PORT']}/`,
    'the API through Nginx': `http://localhost:${ports['NGINX_PORT']}/health/ready`,
  })) {
    const status = await fetch(address).then(
      (answer) => answer.status,
      (error: unknown) => String(error),
    )
    check(`${name} answers`, status === 200, `${address} ${status}`)
  }
  await reloads(`http://localhost:${ports['NGINX_PORT']}`)
  const logs = make('logs', '', { LINES: '3', FOLLOW: '0' })
  check(
    'logs shows every part',
    ['backend', 'frontend', 'postgres'].every((name) => logs.out.includes(`${name} `)),
    logs.ok,
  )
  const backend = make('logs-backend', '', { LINES: '3', FOLLOW: '0' })
  check(
    'logs-backend shows the API alone',
    /^backend +\|/m.test(backend.out) && !/^frontend/m.test(backend.out),
    backend.ok,
  )
  const frontend = make('logs-frontend', '', { LINES: '3', FOLLOW: '0' })
  check(
    'logs-frontend shows the web alone',
    /^frontend +\|/m.test(frontend.out) && !/^backend/m.test(frontend.out),
    frontend.ok,
  )
  check(
    'restart starts all of it again',
    make('restart').ok && (await until(() => make('health').ok)),
    'healthy again',
  )
  check('stop stops it', make('stop').ok && published() === '', 'nothing runs')
  dev.kill('SIGINT')
  const kept = make('clean-all', 'no\n')
  check(
    'clean-all asks before data goes',
    kept.ok && kept.out.includes('Nothing was changed.'),
    lastLine(kept.out),
  )
  check('clean leaves the data', make('clean').ok && volumes() > 0, `${volumes()} volumes`)
  check(
    'clean-all takes it after a yes',
    make('clean-all', 'yes\n').ok && volumes() === 0,
    `${volumes()} volumes`,
  )
} finally {
  make('clean-all', 'yes\n')
  checkout.remove()
}

function edit(file: string, before: string, after: string): void {
  const whole = path.join(checkout.folder, file)
  const source = readFileSync(whole, 'utf8')
  if (!source.includes(before)) throw new Error(`${file} has no ${before} any more.`)
  writeFileSync(whole, source.replace(before, after))
}

/** What is edited shows, in a page that is open and in what the API says. */
async function reloads(site: string): Promise<void> {
  const executablePath = findProgram(CHROMIUM)
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: CHROMIUM_FLAGS,
  })
  try {
    const page = await browser.newPage({ locale: 'pt-BR' })
    // The first request has Vite prepare the packages, and a page that was open then is loaded anew.
    const isThere = await until(async () => {
      await page.goto(`${site}/sign-in`)
      return page.getByText(SIGN_IN_TEXT).first().isVisible()
    })
    check('a browser has the sign-in page through Nginx', isThere, await page.title())
    edit(SIGN_IN_FILE, SIGN_IN_TEXT, EDITED_TEXT)
    const isShown = await until(() => page.getByText(EDITED_TEXT).first().isVisible())
    check('an edited text shows in the page that is open', isShown, page.url())
    edit(LIVE_FILE, LIVE_CODE, EDITED_CODE)
    const isAnswered = await until(async () => {
      const answer = await fetch(`${site}/health/live`).catch(() => undefined)
      return (await answer?.text())?.includes('edited') ?? false
    })
    check('an edited route answers', isAnswered, '/health/live')
  } finally {
    await browser.close()
  }
}

function volumes(): number {
  const list = ['volume', 'ls', '-q', '--filter', `name=${env.COMPOSE_PROJECT_NAME}_`]
  return spawnSync('docker', list, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).length
}
console.log(failures === 0 ? 'All of it holds.' : `${failures} do not hold.`)
process.exitCode = failures === 0 ? 0 : 1
