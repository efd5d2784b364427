// A terminal in which scripts/docs/run.ts types commands: a folder, ports and a database of its own.
import { execFile, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { developmentDataDir } from '../dev-database.ts'
import { processEnvironment } from '../env-file.ts'
import type { Environment } from '../env-file.ts'
import { freePorts } from '../ports.ts'
import { endWithThisProcess, removeWithThisProcess } from '../reaper.ts'
import { scratchCheckout } from '../scratch-checkout.ts'
import { PORT_VARIABLES } from '../settings.ts'

const COMMAND_TIMEOUT_MS = 900_000
const HEALTH_EVERY_MS = 3000
const PORTS = [...Object.values(PORT_VARIABLES), 'STUDIO_PORT', 'NGINX_PORT']

export class CommandError extends Error {}

export interface Terminal {
  cwd: string
  env: Environment
  /** A `make dev` that was typed, until a `make stop`. */
  dev?: ChildProcess | undefined
  /** Ends what runs, and removes what was made. */
  close(): Promise<void>
}

/** Commands that keep running, and the line by which they say that they do what they should. */
const STAYING: readonly (readonly [RegExp, RegExp])[] = [
  [/^make dev$/, /CHRONOS is ready/],
  [/^make logs(-\w+)?( MODE=docker)?$/, /^\w[\w-]* +\| /],
  [/^make db-studio$/, /^Prisma Studio: http/],
]
const DOCKER_DEV = 'make dev MODE=docker'

/** @param own variables beside ports, and answers instead of questions */
export async function openTerminal(
  { isFromNothing }: { isFromNothing: boolean },
  own: Environment,
): Promise<Terminal> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-docs-'))
  removeWithThisProcess(folder)
  const checkout = isFromNothing ? undefined : scratchCheckout({ withPackages: true })
  const home = path.join(folder, 'home')
  mkdirSync(home)
  const ports = await freePorts(PORTS.length)
  const numbers = Object.fromEntries(PORTS.map((name, index) => [name, String(ports[index])]))
  const source = isFromNothing ? repository(path.join(folder, 'chronos-financial.git')) : ''
  const terminal: Terminal = {
    cwd: checkout?.folder ?? home,
    env: { ...processEnvironment(), ...numbers, CHRONOS_YES: '1', REPOSITORY: source, ...own },
    async close() {
      await stop(terminal.dev)
      checkout?.remove()
      rmSync(developmentDataDir(terminal.cwd), { recursive: true, force: true })
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return terminal
}

/** A clone's source: this checkout as it is now, committed. */
function repository(folder: string): string {
  const copy = scratchCheckout({ withPackages: false })
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=docs', '-c', 'user.email=docs@example.com']
    const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: copy.folder, encoding: 'utf8' })
    if (status !== 0) throw new CommandError(`git ${args.join(' ')}: ${stderr}`)
  }
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'As it is')
  git('clone', '--quiet', '--bare', copy.folder, folder)
  copy.remove()
  return folder
}

/** @throws CommandError with the last lines of a command that neither ends with 0 nor says that it is ready */
export async function type(terminal: Terminal, command: string): Promise<void> {
  console.log(`  $ ${command}`)
  if (command.startsWith('cd ')) {
    terminal.cwd = path.resolve(terminal.cwd, command.slice(3))
    return
  }
  const { cwd, env } = terminal
  const child = spawn('bash', ['-c', command.replace('<repository-url>', '"$REPOSITORY"')], {
    ...{ cwd, env, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid) endWithThisProcess(-child.pid, 'TERM')
  const isDev = command === 'make dev' || command === DOCKER_DEV
  if (isDev) terminal.dev = child
  const last: string[] = []
  const came = await new Promise<string>((resolve) => {
    const ready = STAYING.find(([pattern]) => pattern.test(command))?.[1]
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line)
        if (last.length > 40) last.shift()
        if (ready?.test(line) && (isDev || env['FOLLOW'] !== '0')) resolve('ready')
      })
    if (command === DOCKER_DEV) void untilHealthy(terminal, child).then(() => resolve('ready'))
    child.once('exit', (code, signal) => resolve(code === 0 ? 'done' : `ended with ${code ?? signal}`))
    setTimeout(() => resolve('did not end in time'), COMMAND_TIMEOUT_MS).unref()
  })
  if (came !== 'ready' && (came !== 'done' || isDev))
    throw new CommandError([`${command}: ${came}`, ...last].join('\n'))
  const page = came === 'ready' && !isDev ? /https?:\/\/\S+/.exec(last.at(-1) ?? '')?.[0] : undefined
  if (page !== undefined && (await fetch(page)).status !== 200)
    throw new CommandError(`${command}: ${page} does not answer`)
  if (came === 'ready' && !isDev) await stop(child)
  if (/^make stop\b/.test(command)) terminal.dev = undefined
}

/** Containers say nothing when all of them are up. */
async function untilHealthy({ cwd, env }: Terminal, dev: ChildProcess): Promise<void> {
  const isHealthy = (): Promise<boolean> =>
    promisify(execFile)('make', ['health', 'MODE=docker'], { cwd, env }).then(
      () => true,
      () => false,
    )
  while (dev.exitCode === null && !(await isHealthy()))
    await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS))
}

async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  process.kill(-child.pid, 'SIGINT')
  await ended
}
