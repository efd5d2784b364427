// `make test-cdn`: a web that is built with ASSET_BASE_URL, a second Nginx that keeps what it may as a content delivery
// network does, and a browser. The API is that of a running production (make prod-up, NGINX_HTTPS_PORT). Where there is a
// built image already, WEB_IMAGE and CDN_PORT name it and the port that it was built for.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { CHROMIUM_FLAGS } from '../e2e/support/chromium.ts'
import { productionPorts } from './compose-stack.ts'
import { ROOT } from './env-file.ts'
import { needsEngine, needsProduction } from './needs.ts'
import { freePort } from './ports.ts'
import { CHROMIUM, findProgram } from './system-packages.ts'

needsEngine()
await needsProduction()
const NAME = `chronos-test-cdn-${process.pid}`
const { https: HTTPS_PORT } = productionPorts()
let failures = 0

function check(what: string, holds: boolean, seen: unknown): void {
  if (!holds) failures += 1
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}: ${String(seen)}`)
}

function docker(...args: string[]): string {
  const result = spawnSync('docker', args, { encoding: 'utf8', cwd: ROOT })
  if (result.status !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}${result.stdout}`)
  return result.stdout.trim()
}

/** Keeps what its origin allows, as such networks do, and says so. */
const conf = (cdn: number, web: number): string => `
pid /tmp/nginx.pid; error_log stderr warn; events {}
http {
  access_log off; client_body_temp_path /tmp/body; fastcgi_temp_path /tmp/f; uwsgi_temp_path /tmp/u; scgi_temp_path /tmp/s;
  proxy_temp_path /tmp/proxy; proxy_cache_path /tmp/kept keys_zone=kept:1m; proxy_cache kept;
  proxy_cache_valid any 1h; add_header X-Cache $upstream_cache_status always;
  server {
    listen 127.0.0.1:${cdn};
    location / { proxy_pass http://127.0.0.1:${web}; }
    location /api/ { proxy_pass https://127.0.0.1:${HTTPS_PORT}; }
  }
}`

async function untilAnswers(address: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if (
      await fetch(address).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`${address} does not answer`)
}

async function lookAtHeaders(page: string, cdn: string): Promise<void> {
  const html = await (await fetch(`${page}/`)).text()
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
  const hashed = files.filter((address) => address.includes('/assets/'))
  check(
    'every hashed file of the page is of the network',
    hashed.length > 2 && hashed.every((address) => address.startsWith(`${cdn}/assets/`)),
    hashed.length,
  )
  check(
    'what is not hashed is of this origin',
    files.includes('/first-paint.js'),
    files.filter((each) => !hashed.includes(each)),
  )
  const cacheOf = async (address: string): Promise<string | null> =>
    (await fetch(address)).headers.get('x-cache')
  for (const address of [
    hashed.find((each) => each.endsWith('.js')) ?? '',
    hashed.find((each) => each.endsWith('.css')) ?? '',
  ]) {
    const seen = [await cacheOf(address), await cacheOf(address)]
    check(`${path.basename(address)} is kept from the second request on`, seen[1] === 'HIT', seen)
  }
  for (const address of ['/', '/index.html', '/accounts', '/api/v1/me', '/api/v1/auth/options']) {
    const seen = [await cacheOf(cdn + address), await cacheOf(cdn + address), await cacheOf(cdn + address)]
    check(`${address} is never kept`, !seen.includes('HIT'), seen)
  }
}

async function lookWithBrowser(page: string, cdn: string): Promise<void> {
  const executablePath = findProgram(CHROMIUM)
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: CHROMIUM_FLAGS,
  })
  try {
    const tab = await browser.newPage()
    const trouble: string[] = []
    const from = new Map<string, number>()
    tab.on('console', (message) => {
      if (/content security policy|cors|failed to load module/i.test(message.text()))
        trouble.push(message.text())
    })
    tab.on('pageerror', (error) => trouble.push(error.message))
    tab.on('response', (answer) => {
      const kind = answer.request().resourceType()
      if (answer.url().startsWith(`${cdn}/`) && answer.ok()) from.set(kind, (from.get(kind) ?? 0) + 1)
    })
    await tab.goto(`${page}/login`, { waitUntil: 'networkidle' })
    // Text, since nothing of the browser is known to the types of scripts.
    const fonts = await tab.evaluate<number>(
      "document.fonts.ready.then(() => [...document.fonts].filter(({ status }) => status === 'loaded').length)",
    )
    check(
      'the browser takes scripts, styles and typefaces from it',
      ['script', 'stylesheet', 'font'].every((kind) => from.has(kind)),
      [...from],
    )
    check('typefaces are loaded', fonts > 0, fonts)
    check('the page is there', (await tab.locator('#root > *').count()) > 0, await tab.title())
    check('nothing was refused', trouble.length === 0, trouble.join('; ') || 'nothing')
  } finally {
    await browser.close()
  }
}

const place = mkdtempSync(path.join(tmpdir(), 'chronos-cdn-'))
try {
  const [cdnPort, webPort] = [Number(process.env['CDN_PORT']) || (await freePort()), await freePort()]
  const [cdn, page] = [`http://127.0.0.1:${cdnPort}`, `http://127.0.0.1:${webPort}`]
  const image = process.env['WEB_IMAGE'] || `chronos-frontend-test:cdn`
  if (!process.env['WEB_IMAGE'])
    docker(
      'build',
      '-f',
      'deploy/docker/frontend.Dockerfile',
      '--build-arg',
      `ASSET_BASE_URL=${cdn}`,
      '-t',
      image,
      '.',
    )
  const file = path.join(place, 'nginx.conf')
  writeFileSync(file, conf(cdnPort, webPort), { mode: 0o644 })
  spawnSync('chmod', ['755', place])
  docker('run', '-d', '--name', `${NAME}-web`, '-p', `127.0.0.1:${webPort}:8080`, image)
  docker(
    ...[
      'run',
      '-d',
      '--name',
      NAME,
      '--network',
      'host',
      '--user',
      '101',
      '-v',
      `${file}:/etc/nginx/nginx.conf:ro`,
    ],
    ...['nginx:1-bookworm', 'nginx', '-g', 'daemon off;'],
  )
  await Promise.all([untilAnswers(page), untilAnswers(cdn)])
  await lookAtHeaders(page, cdn)
  await lookWithBrowser(page, cdn)
} finally {
  for (const name of [NAME, `${NAME}-web`]) spawnSync('docker', ['rm', '-f', '-v', name])
  rmSync(place, { recursive: true, force: true })
}
console.log(failures === 0 ? 'All of it holds.' : `${failures} do not hold.`)
process.exitCode = failures === 0 ? 0 : 1
