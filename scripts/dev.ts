// `make dev`: the whole product on this machine, with one command and nothing but Node. Ends with Ctrl-C,
// SIGTERM, or the death of a part, and leaves no process behind.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { DEMO_LOGIN } from '../backend/prisma/demo-login.ts'
import { developmentDataDir, startDevelopmentDatabase } from './dev-database.ts'
import { claimDev, noteReady, releaseDev, runningDev } from './dev-state.ts'
import type { DevState } from './dev-state.ts'
import { ClusterInUseError, endAbandonedServer } from './embedded-postgres.ts'
import type { EmbeddedPostgres } from './embedded-postgres.ts'
import { ensureEnvFile, readEnvironment, ROOT } from './env-file.ts'
import { LogFiles } from './log-lines.ts'
import { PartFailedError } from './part.ts'
import { isPortFree } from './ports.ts'
import { PORT_VARIABLES, reachableHost, readPorts } from './settings.ts'
import type { Ports } from './settings.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'

const LOGS = path.join(ROOT, '.data', 'logs')
const PORT_RETRY_MS = 6_000

const PORT_NAMES: Record<keyof Ports, string> = {
  web: 'web',
  api: 'API',
  dbAdmin: 'database administration',
  mailUi: 'mail',
  smtp: 'SMTP',
  whatsapp: 'WhatsApp simulator',
  postgres: 'PostgreSQL',
}

class UsageError extends Error {}

function addresses(ports: Ports, bind: string): string {
  const host = bind === '127.0.0.1' || bind === '0.0.0.0' || bind === '::' ? 'localhost' : reachableHost(bind)
  const rows = [
    ['Web', `http://${host}:${ports.web}`],
    ['API reference', `http://${host}:${ports.api}/docs`],
    ['Database', `http://localhost:${ports.dbAdmin}`],
    ['Mail', `http://${host}:${ports.mailUi}`],
    ['WhatsApp chat', `http://${host}:${ports.whatsapp}`],
    ['Demo login', `${DEMO_LOGIN.email} / ${DEMO_LOGIN.password}`],
  ] as const
  return rows.map(([name, value]) => `  ${name.padEnd(15)}${value}`).join('\n')
}

/** Names every port that is in use, with the variable that changes it. */
async function demandFreePorts(ports: Ports, bind: string): Promise<void> {
  const deadline = Date.now() + PORT_RETRY_MS
  // What a killed run left behind ends within seconds; a second look costs nothing then.
  const leftovers = existsSync(path.join(ROOT, '.data', 'dev.json'))
  for (;;) {
    const busy: string[] = []
    for (const key of Object.keys(PORT_NAMES) as (keyof Ports)[]) {
      const host = key === 'postgres' || key === 'dbAdmin' ? '127.0.0.1' : bind
      if (await isPortFree(ports[key], host)) continue
      const variable = PORT_VARIABLES[key]
      busy.push(`Port ${ports[key]} (${PORT_NAMES[key]}) is in use. Set ${variable} in .env to another port.`)
    }
    if (busy.length === 0) return
    if (!leftovers || Date.now() > deadline) throw new UsageError(busy.join('\n'))
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

function alreadyRunning(state: DevState, bind: string): UsageError {
  return new UsageError(
    `make dev is running already (process ${state.pid}). "make stop" ends it.\n\n${addresses(state.ports, bind)}`,
  )
}

/** Settles when somebody asks this process to end. Repeating it changes nothing: stopping is bounded in time. */
function stopRequest(): { asked: Promise<string>; wasAsked: () => boolean } {
  let asked = false
  const promise = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        asked = true
        resolve(signal)
      })
    }
  })
  return { asked: promise, wasAsked: () => asked }
}

/** Settles when `make restart` asks for the parts to start again, over the same database. */
function restartRequest(): Promise<'restart'> {
  return new Promise((resolve) => {
    process.once('SIGUSR2', () => resolve('restart'))
  })
}

async function main(): Promise<number> {
  const startedAt = performance.timeOrigin
  const createdEnv = ensureEnvFile()
  const env = readEnvironment()
  const bind = env['BIND'] || '127.0.0.1'
  const ports = readPorts(env)
  const other = runningDev()
  if (other) throw alreadyRunning(other, bind)
  await endAbandonedServer(developmentDataDir())
  await demandFreePorts(ports, bind)
  if (!claimDev(ports)) throw new UsageError('Another make dev is starting in this checkout.')

  const stop = stopRequest()
  const logs = new LogFiles(LOGS)
  if (createdEnv) console.log('Wrote .env with fresh secrets.')
  let postgres: EmbeddedPostgres | undefined
  let stack: Stack | undefined
  try {
    postgres = await startDevelopmentDatabase(ports, (line) => logs.writeQuietly('postgres', line))
    const databaseEnded = postgres.exited.then(() => new PartFailedError('postgres', 'no reason given'))
    if (stop.wasAsked()) return 0
    const { adminUrl } = postgres
    for (let since = startedAt; !stop.wasAsked(); since = Date.now()) {
      const restart = restartRequest()
      stack = startStack({ env, ports, adminUrl, logs, mode: 'dev', withStudio: true, withSeed: true })
      const trouble = Promise.race([stack.failed, databaseEnded])
      const first = await Promise.race([stack.ready, trouble, stop.asked])
      if (first instanceof Error) throw first
      if (stop.wasAsked()) break
      noteReady(ports)
      const seconds = ((Date.now() - since) / 1000).toFixed(1)
      console.log(
        `\nCHRONOS is ready after ${seconds} s. Ctrl-C stops it. Logs: ${path.relative(ROOT, LOGS)}/\n`,
      )
      console.log(`${addresses(ports, bind)}\n`)
      const end = await Promise.race([trouble, stop.asked, restart])
      if (end instanceof Error) throw end
      if (stop.wasAsked()) break
      console.log('\nStarting again ...')
      await stack.stop()
    }
    return 0
  } finally {
    console.log('\nStopping ...')
    await stack?.stop()
    await postgres?.stop()
    releaseDev()
    console.log('Stopped; nothing is left running.')
  }
}

function report(error: unknown): void {
  if (error instanceof PartFailedError) {
    console.error(`\n${[error.message, ...error.lastLines].join('\n')}\nLogs: ${LOGS}`)
  } else if (error instanceof UsageError || error instanceof ClusterInUseError) {
    console.error(`\n${error.message}`)
  } else {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  report(error)
  process.exitCode = 1
}
process.exit()
