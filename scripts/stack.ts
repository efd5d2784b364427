// The whole product on one machine, over a PostgreSQL that runs already: migrations, demo data, API and
// worker in one process, web, mail catcher, WhatsApp simulator and, if wanted, database administration.
// `make dev` and the browser tests start the same stack.
import path from 'node:path'
import { runMigrations, runSeed } from './dev-database.ts'
import type { Environment } from './env-file.ts'
import { ROOT } from './env-file.ts'
import type { LogFiles } from './log-lines.ts'
import { PartFailedError, startPart } from './part.ts'
import type { Part } from './part.ts'
import { localEnvironment, reachableHost } from './settings.ts'
import type { Ports } from './settings.ts'
import { ensureStudioLogin, STUDIO_FOLDER, studioArguments, studioEnvironment } from './studio.ts'

const READY_TIMEOUT_MS = 90_000
const WATCHED_SCRIPT_FAILED = /^(Failed running|Completed running) /

export interface StackOptions {
  env: Environment
  ports: Ports
  /** Superuser's connection string of the server on `ports.postgres`. */
  adminUrl: string
  logs: LogFiles
  /** 'dev' serves sources and reloads them, API included; otherwise the folder of a built web. */
  mode: 'dev' | { builtWeb: string }
  /** Starts Prisma Studio as well. */
  withStudio: boolean
  /** Puts the demo workspace into the database. */
  withSeed: boolean
}

export interface Stack {
  /** Environment of the product's processes, secrets included. */
  env: Environment
  /** Resolves when every address answers; rejects with PartFailedError, or with what does not answer. */
  ready: Promise<void>
  /** Resolves with the error when a part ends that should not. */
  failed: Promise<Error>
  stop(): Promise<void>
}

/** Starts everything at once that does not wait for the migrations. Errors come through `ready`. */
export function startStack(options: StackOptions): Stack {
  const { ports, logs } = options
  const env = localEnvironment(options.env, ports, options.adminUrl)
  // The log lines get their colours here; Node warns about having both variables.
  const plain: Environment = { ...env, NO_COLOR: '1' }
  delete plain['FORCE_COLOR']
  const bind = env['BIND'] ?? '127.0.0.1'
  const host = reachableHost(bind)
  const parts: Part[] = []
  let stopping = false
  let fail: (error: Error) => void
  const failed = new Promise<Error>((resolve) => (fail = resolve))

  const start = (name: string, args: string[], more: { env?: Environment; cwd?: string } = {}): void => {
    if (stopping) return
    const last: string[] = []
    const part = startPart({
      name,
      args,
      env: { ...plain, ...more.env },
      cwd: more.cwd ?? ROOT,
      onLine(line) {
        last.push(line)
        if (last.length > 30) last.shift()
        logs.write(name, line)
        // `node --watch` waits for the next edit when its script ends, so its own end never comes.
        if (!answered.has(name) && WATCHED_SCRIPT_FAILED.test(line))
          fail(new PartFailedError(name, line, last))
      },
    })
    parts.push(part)
    void part.exited.then((reason) => {
      if (!stopping) fail(new PartFailedError(name, reason, last))
    })
  }

  const answered = new Set<string>()
  const answers = async (name: string, url: string): Promise<void> => {
    const deadline = Date.now() + READY_TIMEOUT_MS
    while (!stopping) {
      if (await responds(url)) return void answered.add(name)
      if (Date.now() > deadline)
        throw new Error(`${name} does not answer on ${url}; ${logs.path(name)} may say why.`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  start('mail', ['scripts/mail-catcher.ts'])
  start('whatsapp', ['scripts/whatsapp-simulator.ts'])
  startWeb(start, options.mode, bind, ports)

  const withDatabase = async (): Promise<void> => {
    if (stopping) return
    await runMigrations(
      env,
      (line) => logs.write('migrate', line),
      (part) => parts.push(part),
    )
    if (stopping) return
    // Nobody signs in before everything is ready, so the API need not wait for the demo data.
    const watch = options.mode === 'dev' ? ['--watch', '--watch-preserve-output'] : []
    start('api', [...watch, 'backend/src/server.ts'], {
      env: { CHRONOS_ROLES: 'api,webhook,events,worker,scheduler' },
    })
    const seed = options.withSeed
      ? runSeed(
          env,
          (line) => logs.write('seed', line),
          (part) => parts.push(part),
        )
      : undefined
    const studio = options.withStudio ? startStudio() : undefined
    await Promise.all([seed, studio, answers('api', `http://${host}:${ports.api}/health/ready`)])
  }
  const startStudio = async (): Promise<void> => {
    const url = await ensureStudioLogin(options.adminUrl, env['DATABASE_URL'] ?? '')
    start('studio', studioArguments(ports.dbAdmin), { cwd: STUDIO_FOLDER, env: studioEnvironment(url) })
    await answers('studio', `http://127.0.0.1:${ports.dbAdmin}/`)
  }

  const allAnswer = Promise.all([
    withDatabase(),
    answers('mail', `http://${host}:${ports.mailUi}/`),
    answers('whatsapp', `http://${host}:${ports.whatsapp}/`),
    answers('web', `http://${host}:${ports.web}/`),
  ])
  const ready = Promise.race([allAnswer, failed.then((error) => Promise.reject(error))]).then(() => undefined)
  allAnswer.catch(() => undefined)
  ready.catch(() => undefined)

  return {
    env,
    ready,
    failed,
    async stop() {
      stopping = true
      await Promise.all(parts.map((part) => part.stop()))
    },
  }
}

function startWeb(
  start: (name: string, args: string[], more: { cwd: string }) => void,
  mode: StackOptions['mode'],
  bind: string,
  ports: Ports,
): void {
  const vite = path.join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = ['--host', bind, '--port', String(ports.web), '--strictPort']
  const command = mode === 'dev' ? ['--clearScreen', 'false'] : ['preview', '--outDir', mode.builtWeb]
  start('web', [vite, ...command, ...args], { cwd: path.join(ROOT, 'frontend') })
}

/** Whether something answers there within five seconds, and not with an error. */
export async function responds(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000), redirect: 'manual' })
    await response.arrayBuffer()
    return response.status < 400
  } catch {
    return false
  }
}
