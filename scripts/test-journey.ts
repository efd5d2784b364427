// `make test-journey`: browser journeys through the Nginx of a running production, over TLS: signing up, booking, and what
// one browser writes appearing in another's by the stream of events. With MODE=docker through the Nginx of `make docker-dev`,
// on NGINX_PORT. Needs RATE_LIMITS=off there, as browser tests do, and an engine that starts nothing meanwhile: a browser
// breaks off what it loads when a network of the machine comes or goes.
// Journeys that read mails or talk to the WhatsApp simulator are `make test-e2e`'s: production has neither.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  ComposeError,
  containersOf,
  developmentStack,
  docker,
  engine,
  productionPorts,
  productionStack,
  reporting,
  settingOf,
} from './compose-stack.ts'
import { ROOT } from './env-file.ts'
import { CHROMIUM, ensureProgram } from './system-packages.ts'

const isDevelopment = process.argv[2] === 'docker'
const { https } = productionPorts()
const site = isDevelopment
  ? `http://localhost:${settingOf(developmentStack(), 'NGINX_PORT') || '8000'}`
  : new URL(`https://localhost:${https}`).origin
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1'

await reporting(() => {
  engine()
  const [nginx] = containersOf(isDevelopment ? developmentStack() : productionStack(), 'nginx')
  if (nginx === undefined)
    throw new ComposeError(
      isDevelopment ? 'Nothing runs: make docker-dev' : 'Production does not run: make prod-up',
    )
  const place = mkdtempSync(path.join(tmpdir(), 'chronos-journey-'))
  try {
    const chain = path.join(place, 'chain.pem')
    if (!isDevelopment) writeFileSync(chain, docker('exec', nginx, 'cat', '/certificates/fullchain.pem'))
    const playwright = path.join(ROOT, 'node_modules/@playwright/test/cli.js')
    const run = spawnSync(process.execPath, [playwright, 'test', 'live.spec.ts', '--project=desktop'], {
      cwd: path.join(ROOT, 'e2e'),
      stdio: 'inherit',
      env: {
        ...process.env,
        // The certificate may be Nginx' own: programs are told of it, the browser lets it pass on this machine.
        ...(isDevelopment ? {} : { NODE_EXTRA_CA_CERTS: chain }),
        CHROMIUM_PATH: ensureProgram(CHROMIUM),
        E2E_WEB_URL: site,
        E2E_API_URL: site,
        E2E_MAIL_URL: NOWHERE,
        E2E_WHATSAPP_URL: NOWHERE,
      },
    })
    process.exitCode = run.status ?? 1
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
