// `make test-release`: deploy/release over its compose path, on a compose project of its own as staging, with images built
// from commits of a scratch clone: a first version, then under load (scripts/load.ts) a good one, and one that nobody can
// sign in to, whose smoke test fails and which has to go back by itself. Ends with 1 where a request was lost, or another
// version runs than should. HOST=user@machine goes over SSH to this machine; else there is none. All of it goes away.
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import https from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ComposeError, engine, logNetwork, reporting } from './compose-stack.ts'
import { processEnvironment, ROOT } from './env-file.ts'
import { isWhole, Load } from './load.ts'
import { freePorts } from './ports.ts'
import { endWithThisProcess } from './reaper.ts'

const CLIENTS = Number(process.env['CLIENTS'] || 16)
const HOST = process.env['HOST'] || 'local'
const PROJECT = `chronos-test-release-${process.pid}`
/** What the bad version does to whoever signs in; those who have a session notice nothing. */
const SIGN_IN = 'backend/src/modules/identity/password-sign-in.service.ts'
const ACCEPTED = "  countSignIn('accepted')\n"
const FAULT = "  throw new Error('This version is broken on purpose.')\n"
let failures = 0

/** @param output is printed where it does not hold */
function check(what: string, holds: boolean, seen: unknown, output: readonly string[] = []): void {
  if (!holds) failures += 1
  console.log(`${holds ? 'ok    ' : 'FAILED'} ${what}: ${String(seen)}`)
  if (!holds) for (const line of output) console.log(`       ${line}`)
}

const place = realpathSync(mkdtempSync(path.join(tmpdir(), 'chronos-release-')))
const clone = path.join(place, 'clone')
const server = path.join(place, 'server')
const [httpPort, httpsPort] = (await freePorts(2)) as [number, number]
const url = `https://localhost:${httpsPort}`

function git(...args: string[]): string {
  const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  const { status, stdout, stderr } = spawnSync('git', [...who, ...args], { cwd: clone, encoding: 'utf8' })
  if (status !== 0) throw new ComposeError(`git ${args.join(' ')}: ${stderr.trim()}`)
  return stdout.trim()
}

/** Installed packages are linked: what is tried is the release, not npm. */
function linkPackages(folder: string): void {
  mkdirSync(path.join(folder, '.data'), { recursive: true })
  for (const name of ['node_modules', path.join('.data', 'node')])
    symlinkSync(path.join(ROOT, name), path.join(folder, name))
}

/** Three commits: this checkout's, one that changes nothing but its own id, and one that is broken. */
function makeCommits(): { first: string; good: string; bad: string } {
  const cloned = spawnSync('git', ['clone', '--quiet', ROOT, clone], { encoding: 'utf8' })
  if (cloned.status !== 0) throw new ComposeError(`git clone: ${cloned.stderr.trim()}`)
  linkPackages(clone)
  const first = git('rev-parse', 'HEAD')
  git('commit', '--quiet', '--allow-empty', '--message', 'Change nothing')
  const good = git('rev-parse', 'HEAD')
  const file = path.join(clone, SIGN_IN)
  const source = readFileSync(file, 'utf8')
  if (!source.includes(ACCEPTED)) throw new ComposeError(`${SIGN_IN} has no line to break any more.`)
  writeFileSync(file, source.replace(ACCEPTED, FAULT))
  git('commit', '--quiet', '--message', 'Break signing in', SIGN_IN)
  return { first, good, bad: git('rev-parse', 'HEAD') }
}

function writeSettings(): void {
  mkdirSync(server)
  linkPackages(server)
  const secret = (): string => randomBytes(32).toString('hex')
  const password = secret()
  const settings = {
    COMPOSE_PROJECT_NAME: PROJECT,
    LOG_NETWORK: logNetwork(PROJECT),
    PUBLIC_URL: url,
    NGINX_HTTP_PORT: httpPort,
    NGINX_HTTPS_PORT: httpsPort,
    POSTGRES_DB: 'chronos',
    POSTGRES_USER: 'chronos_admin',
    POSTGRES_PASSWORD: password,
    DATABASE_URL: `postgresql://chronos_admin:${password}@postgres:5432/chronos`,
    REDIS_URL: 'redis://redis:6379',
    REDIS_PASSWORD: secret(),
    JWT_SECRET: secret(),
    SESSION_SECRET: secret(),
    // One address asks for all of it.
    NGINX_LIMIT_API: 100_000,
    NGINX_LIMIT_AUTH: 1_000,
    RATE_LIMITS: 'off',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(path.join(server, '.env.production'), lines.join(''), { mode: 0o600 })
}

const LAST_LINES = 60

interface Released {
  code: number
  /** What was said last. */
  last: string
  output: string[]
}

const tag = (commit: string): string => `${PROJECT}-${commit.slice(0, 12)}`

function release(commit: string): Promise<Released> {
  const child = spawn('deploy/release', ['compose', HOST, server], {
    cwd: clone,
    detached: true,
    env: {
      ...processEnvironment(),
      // As a login of the machine would have it: what the project is called stands in its settings alone.
      ...{ COMPOSE_PROJECT_NAME: '', CHRONOS_ENV_FILE: '', MODE: '', MAKEFLAGS: '', HOST: '' },
      ...{ VERSION: tag(commit), COMMIT: commit, URL: url, INSECURE: '1', REGISTRY: '' },
    },
  })
  if (child.pid) endWithThisProcess(-child.pid, 'TERM')
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (said += part.toString()))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const output = said.trim().split('\n').slice(-LAST_LINES)
      resolve({ code: code ?? 1, last: output.at(-1) ?? '', output })
    })
  })
}

/** Which commit answers, by the word of the API itself. */
function running(): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: httpsPort, path: '/health/live', rejectUnauthorized: false }
    https
      .get({ ...options, agent: false }, (answer) => {
        let text = ''
        answer.on('data', (part: Buffer) => (text += part.toString()))
        answer.on('end', () => resolve((JSON.parse(text) as { commit?: string }).commit ?? 'none'))
      })
      .on('error', (error) => resolve(error.message))
  })
}

const written = (): string => readFileSync(path.join(server, '.release'), 'utf8').trim()

async function tryReleases(): Promise<void> {
  engine()
  const { first, good, bad } = makeCommits()
  writeSettings()
  const one = await release(first)
  check('the first version is released', one.code === 0, one.last, one.output)
  if (one.code !== 0) return
  const load = new Load(httpsPort, CLIENTS)
  await load.start()
  const two = await load.during('the good release', () => release(good))
  check('a good version is released', two.result.code === 0, two.result.last, two.result.output)
  check('and it is what answers', good.startsWith(await running()), await running())
  check('and not a request was lost for it', two.lost === 0, two.lost)
  const three = await load.during('the bad release, and back', () => release(bad))
  check(
    'a version that nobody can sign in to is not released',
    three.result.code !== 0 && three.result.last.includes(`${tag(good)} runs again`),
    three.result.last,
    three.result.output,
  )
  check('what answers is the version before', good.startsWith(await running()), await running())
  check('and so says the machine', written() === `${tag(good)} ${good}`, written())
  check('and not a request was lost for it', three.lost === 0, three.lost)
  check('every write is there, once', isWhole(await load.end()), 'see above')
}

function removeAll(): void {
  const docker = (...args: string[]): string[] =>
    (spawnSync('docker', args, { encoding: 'utf8' }).stdout ?? '').split('\n').filter((line) => line !== '')
  const own = ['--filter', `label=com.docker.compose.project=${PROJECT}`]
  for (const [list, remove] of [
    [
      ['ps', '-aq', ...own],
      ['rm', '-f', '-v'],
    ],
    [
      ['network', 'ls', '-q', ...own],
      ['network', 'rm'],
    ],
    [
      ['volume', 'ls', '-q', ...own],
      ['volume', 'rm'],
    ],
    [
      ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', '--filter', `reference=*:${PROJECT}-*`],
      ['rmi'],
    ],
  ] as const) {
    const ids = docker(...list)
    if (ids.length > 0) docker(...remove, ...ids)
  }
  rmSync(place, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
process.on('exit', removeAll)
await reporting(tryReleases)
if (process.exitCode !== 1) console.log(failures === 0 ? 'All of it holds.' : `${failures} do not hold.`)
if (failures > 0) process.exitCode = 1
