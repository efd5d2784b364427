// `make test-docs`: types the commands of README and docs whose block begins with `bash run`, document by document, in a
// copy of this checkout with ports and a database of its own. README begins from nothing, by a clone, as a newcomer does.
// `make dev` keeps running beside what follows it; all else has to end with 0. ONLY=docs/x.md runs one document.
import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { developmentDataDir } from '../dev-database.ts'
import { processEnvironment, ROOT } from '../env-file.ts'
import type { Environment } from '../env-file.ts'
import { freePorts } from '../ports.ts'
import { endWithThisProcess, removeWithThisProcess } from '../reaper.ts'
import { scratchCheckout } from '../scratch-checkout.ts'
import { PORT_VARIABLES } from '../settings.ts'
import { codeBlocks, commands, documents } from './markdown.ts'

const COMMAND_TIMEOUT_MS = 900_000

class DocumentError extends Error {}

interface Session {
  cwd: string
  env: Environment
  dev?: ChildProcess
}

const runnable = (file: string): string[] =>
  codeBlocks(readFileSync(path.join(ROOT, file), 'utf8'))
    .filter(({ info }) => info === 'bash run')
    .flatMap((block) => commands(block))

/** Ports of its own, answers instead of questions, and logs that end. */
async function freshEnvironment(): Promise<Environment> {
  const names = Object.values(PORT_VARIABLES)
  const ports = await freePorts(names.length)
  const own = Object.fromEntries(names.map((name, index) => [name, String(ports[index])]))
  return {
    ...processEnvironment(),
    ...own,
    FOLLOW: '0',
    LINES: '5',
    CHRONOS_YES: '1',
    DOCKER_HOST: 'unix:///nowhere',
  }
}

/** A clone's source: this checkout as it is now, committed. */
function repository(folder: string): string {
  const copy = scratchCheckout({ withPackages: false })
  const git = (...args: string[]): void => {
    const who = ['-c', 'user.name=docs', '-c', 'user.email=docs@example.com']
    const { status, stderr } = spawnSync('git', [...who, ...args], { cwd: copy.folder, encoding: 'utf8' })
    if (status !== 0) throw new DocumentError(`git ${args.join(' ')}: ${stderr}`)
  }
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'As it is')
  git('clone', '--quiet', '--bare', copy.folder, folder)
  copy.remove()
  return folder
}

/** @throws DocumentError with the last lines of a command that does not end with 0 */
async function type(session: Session, command: string): Promise<void> {
  if (command.startsWith('cd ')) {
    session.cwd = path.resolve(session.cwd, command.slice(3))
    return
  }
  const isDev = command === 'make dev'
  const child = spawn('bash', ['-c', command], {
    cwd: session.cwd,
    env: session.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (child.pid) endWithThisProcess(-child.pid, 'TERM')
  const last: string[] = []
  const outcome = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line)
        if (last.length > 40) last.shift()
        if (isDev && line.includes('CHRONOS is ready')) resolve('ready')
      })
    child.once('exit', (code, signal) => resolve(code === 0 ? 'done' : `ended with ${code ?? signal}`))
    setTimeout(() => resolve('did not end in time'), COMMAND_TIMEOUT_MS).unref()
  })
  const came = await outcome
  if (isDev) session.dev = child
  if (came !== (isDev ? 'ready' : 'done'))
    throw new DocumentError([`${command}: ${came}`, ...last].join('\n'))
}

async function stopDev({ dev }: Session): Promise<void> {
  if (!dev?.pid || dev.exitCode !== null) return
  const ended = new Promise((resolve) => dev.once('exit', resolve))
  process.kill(-dev.pid, 'SIGINT')
  await ended
}

async function answers(env: Environment): Promise<void> {
  for (const name of ['WEB_PORT', 'API_PORT', 'DB_ADMIN_PORT', 'MAIL_UI_PORT']) {
    const address = `http://localhost:${env[name]}/${name === 'API_PORT' ? 'docs/' : ''}`
    const { status } = await fetch(address)
    if (status !== 200) throw new DocumentError(`${name}: ${address} answers ${status}`)
  }
}

async function runDocument(file: string): Promise<number> {
  const list = runnable(file)
  const folder = mkdtempSync(path.join(tmpdir(), 'chronos-docs-'))
  removeWithThisProcess(folder)
  const isFromNothing = list.some((command) => command.includes('git clone'))
  const checkout = isFromNothing ? undefined : scratchCheckout({ withPackages: true })
  const home = path.join(folder, 'home')
  mkdirSync(home)
  const session: Session = { cwd: checkout?.folder ?? home, env: await freshEnvironment() }
  const source = isFromNothing ? repository(path.join(folder, 'repository.git')) : ''
  try {
    for (const command of list) {
      console.log(`  $ ${command}`)
      await type(session, command.replace('<repository-url>', source))
    }
    if (isFromNothing && session.dev) await answers(session.env)
  } finally {
    await stopDev(session)
    checkout?.remove()
    rmSync(developmentDataDir(session.cwd), { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }
  return list.length
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
const only = process.argv[2]
const files = documents(ROOT).filter(
  (file) => (only === undefined || file === only) && runnable(file).length > 0,
)
if (files.length === 0) {
  console.error(`ONLY is a document with runnable commands, such as docs/getting-started.md; not "${only}".`)
  process.exit(1)
}
let count = 0
const failed: string[] = []
for (const file of files) {
  console.log(file)
  try {
    count += await runDocument(file)
  } catch (error) {
    failed.push(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
for (const problem of failed) console.error(`\n${problem}`)
console.log(`\n${count} commands of ${files.length} documents ran, ${failed.length} documents failed`)
process.exit(failed.length === 0 && count > 0 ? 0 : 1)
