// `make test-compat POSTGRES=18 REDIS=8`: the backend's tests on another version of PostgreSQL and Redis, from their
// images. Needs a container engine.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ComposeError, docker } from './compose-stack.ts'
import { freePort } from './ports.ts'
import { runTool } from './test-runner.ts'

const [postgres = '15', redis = '7'] = process.argv.slice(2)
const PASSWORD = 'only-for-tests'
const NAME = `chronos-compat-${process.pid}`
const WAIT_MS = 60_000

const TESTS = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'backend']
/** What writes into the server's own folder, which is in a container here. */
const OF_THIS_MACHINE = ['**/internal-tls.test.ts']

/** The program out of the image: tests start servers of their own. */
function redisServer(folder: string): string {
  const image = `redis:${redis}-bookworm`
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
  isStarted = true
  const adminUrl = await startPostgres()
  console.log(
    `PostgreSQL ${postgres}, ${spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim()}`,
  )
  process.exitCode = await runTool([...TESTS, ...OF_THIS_MACHINE.flatMap((file) => ['--exclude', file])], {
    TEST_DATABASE_ADMIN_URL: adminUrl,
    REDIS_SERVER_PATH: program,
  })
} catch (error) {
  if (!(error instanceof ComposeError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
