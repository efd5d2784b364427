// `make test-citus`: the product on a Citus cluster of a coordinator and two workers, in containers that go away with it.
// CITUS_IMAGE names another image; arguments are passed to vitest (a file, -t a name).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ComposeError, docker } from './compose-stack.ts'
import { runTool } from './test-runner.ts'

const IMAGE = process.env['CITUS_IMAGE'] || 'citusdata/citus:13.2'
const PASSWORD = 'only-for-tests'
const NAME = `chronos-citus-${process.pid}`
const NODES = ['coordinator', 'worker1', 'worker2']
const WAIT_MS = 60_000
// As of every server in a container whose home is not the superuser's.
const ENVIRONMENT = { POSTGRES_PASSWORD: PASSWORD, HOME: '/var/lib/postgresql' }
const LIBPQ = ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE', 'PGCONNECT_TIMEOUT', 'PGSSLMODE']
const PROGRAMS = realpathSync(mkdtempSync(path.join(tmpdir(), 'chronos-citus-programs-')))
const SETTINGS = ['shared_preload_libraries=citus,pg_stat_statements', 'max_connections=300', 'fsync=off']

function start(node: string): void {
  const environment = Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const place = ['--name', `${NAME}-${node}`, '--network', NAME]
  const settings = SETTINGS.flatMap((each) => ['-c', each])
  docker('run', '-d', '--rm', ...place, ...environment, IMAGE, 'postgres', ...settings)
}

/** @returns its address, the same for the other nodes and for this machine */
async function addressOf(node: string): Promise<string> {
  const id = `${NAME}-${node}`
  const deadline = Date.now() + WAIT_MS
  // By TCP: while its image prepares itself, the server answers on its socket alone.
  while (spawnSync('docker', ['exec', id, 'pg_isready', '-q', '-h', '127.0.0.1']).status !== 0) {
    if (Date.now() > deadline) throw new ComposeError(`${node} of ${IMAGE} does not answer`)
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  const format = `{{(index .NetworkSettings.Networks "${NAME}").IPAddress}}`
  return `${docker('inspect', '-f', format, id)}:5432`
}

/** The image's own programs of backups, which are as new as its server, whatever this machine has: on PATH. */
function lendPrograms(): string {
  const place = realpathSync(tmpdir())
  const options = [
    '--rm',
    '-i',
    '--network',
    'host',
    '-v',
    `${place}:${place}:ro`,
    ...LIBPQ.map((name) => `-e ${name}`),
  ]
  for (const program of ['pg_dump', 'pg_restore']) {
    const line = `exec docker run ${options.join(' ')} --user 0 --entrypoint ${program} ${IMAGE} "$@"`
    writeFileSync(path.join(PROGRAMS, program), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
  }
  return [PROGRAMS, process.env['PATH'] ?? ''].join(path.delimiter)
}

function remove(): void {
  rmSync(PROGRAMS, { recursive: true, force: true })
  for (const node of NODES) spawnSync('docker', ['rm', '-fv', `${NAME}-${node}`], { stdio: 'ignore' })
  spawnSync('docker', ['network', 'rm', NAME], { stdio: 'ignore' })
}

process.on('exit', remove)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
try {
  docker('network', 'create', NAME)
  for (const node of NODES) start(node)
  const [coordinator = '', ...workers] = await Promise.all(NODES.map(addressOf))
  const version = docker('exec', `${NAME}-coordinator`, 'postgres', '--version')
  console.log(`${IMAGE}: ${version}, ${workers.length} workers`)
  const args = ['run', '--root', 'backend', '--config', 'vitest.citus.config.ts', ...process.argv.slice(2)]
  process.exitCode = await runTool(['node_modules/vitest/vitest.mjs', ...args], {
    TEST_DATABASE_ADMIN_URL: `postgresql://postgres:${PASSWORD}@${coordinator}/postgres`,
    PATH: lendPrograms(),
    TEST_CITUS_WORKERS: workers.join(','),
  })
} catch (error) {
  if (!(error instanceof ComposeError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
