// The compose stacks: `make docker-dev`, `build-prod`, `prod-up`, `prod-down`, `prod-update`. Serves Compose v2 and
// docker-compose 1.29. COMPOSE_OVERRIDE names further compose files, by commas.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { ensureEnvFile, processEnvironment, ROOT } from './env-file.ts'

const PROJECT = process.env['COMPOSE_PROJECT_NAME'] || 'chronos-financial'
const ENV_FILE = process.env['CHRONOS_ENV_FILE'] || '.env.production'
const HEALTHY_TIMEOUT_MS = 120_000
/** Longer than DRAIN_SECONDS and the grace of docker-compose.prod.yml. */
const STOP_SECONDS = 50

class UsageError extends Error {}

function engine(): string[] {
  const works = (command: string[]): boolean =>
    spawnSync(command[0] ?? '', [...command.slice(1), 'version'], { stdio: 'ignore' }).status === 0
  for (const command of [['docker', 'compose'], ['docker-compose']]) if (works(command)) return command
  throw new UsageError('This needs a container engine with Compose: https://docs.docker.com/compose/install')
}

interface Stack {
  file: string
  envFile: string
}

function compose({ file, envFile }: Stack, args: string[]): void {
  const [program = '', ...first] = engine()
  const overrides = (process.env['COMPOSE_OVERRIDE'] ?? '').split(',').filter((name) => name !== '')
  const files = [file, ...overrides].flatMap((name) => ['-f', name])
  const owner = statSync(ROOT)
  const all = [...first, '-p', PROJECT, '--env-file', envFile, '--project-directory', ROOT, ...files, ...args]
  const result = spawnSync(program, all, {
    cwd: ROOT,
    stdio: 'inherit',
    env: {
      ...processEnvironment(),
      CHRONOS_ENV_FILE: path.resolve(ROOT, envFile),
      CHRONOS_UID: String(owner.uid),
      CHRONOS_GID: String(owner.gid),
    },
  })
  if (result.status !== 0) throw new UsageError(`docker-compose ${args.join(' ')} failed.`)
}

function docker(...args: string[]): string {
  const result = spawnSync('docker', args, { encoding: 'utf8' })
  if (result.status !== 0) throw new UsageError(`docker ${args.join(' ')}: ${result.stderr.trim()}`)
  return result.stdout.trim()
}

function production(): Stack {
  if (!existsSync(path.resolve(ROOT, ENV_FILE)))
    throw new UsageError(
      `${ENV_FILE} is missing: cp .env.example ${ENV_FILE}, then put production's values in.`,
    )
  return { file: 'docker-compose.prod.yml', envFile: ENV_FILE }
}

function containersOf(service: string): string[] {
  const label = (name: string, value: string): string[] => [
    '--filter',
    `label=com.docker.compose.${name}=${value}`,
  ]
  return docker(
    'ps',
    '-q',
    ...label('project', PROJECT),
    ...label('service', service),
    ...label('oneoff', 'False'),
  )
    .split('\n')
    .filter((id) => id !== '')
}

async function healthy(ids: string[]): Promise<void> {
  const deadline = Date.now() + HEALTHY_TIMEOUT_MS
  for (;;) {
    const waiting = ids.filter((id) => docker('inspect', '-f', '{{.State.Health.Status}}', id) !== 'healthy')
    if (waiting.length === 0) return
    if (Date.now() > deadline)
      throw new UsageError(
        `Not healthy after ${HEALTHY_TIMEOUT_MS / 1000} s: ${waiting.join(', ')}; the old ones still serve.`,
      )
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** New containers beside the old ones; once they are healthy and Nginx knows them, the old ones drain and go. */
async function roll(stack: Stack, service: string, replicas: number): Promise<void> {
  const old = containersOf(service)
  const scale = `${service}=${old.length + replicas}`
  compose(stack, ['up', '-d', '--no-deps', '--no-recreate', '--scale', scale, service])
  const fresh = containersOf(service).filter((id) => !old.includes(id))
  await healthy(fresh)
  // Two looks of Nginx.
  await new Promise((resolve) => setTimeout(resolve, 3000))
  if (old.length > 0) {
    docker('stop', '-t', String(STOP_SECONDS), ...old)
    docker('rm', ...old)
  }
  console.log(`${service}: ${fresh.length} new, ${old.length} old ones drained.`)
}

async function update(stack: Stack): Promise<void> {
  const replicas = { backend: containersOf('backend').length, frontend: containersOf('frontend').length }
  if (replicas.backend === 0) throw new UsageError('Nothing runs to be updated: make prod-up')
  compose(stack, ['up', '--no-deps', '--exit-code-from', 'secrets', 'secrets'])
  compose(stack, ['up', '--no-deps', '--exit-code-from', 'migrate', 'migrate'])
  const wanted = Number(process.env['BACKEND_REPLICAS'] ?? replicas.backend)
  await roll(stack, 'backend', wanted)
  await roll(stack, 'frontend', Math.max(1, replicas.frontend))
  compose(stack, ['up', '-d', '--no-deps', 'worker'])
  // Recreated only where its own image or settings changed: that, and nothing else, costs a second.
  compose(stack, ['up', '-d', '--no-deps', 'nginx'])
}

const COMMANDS: Record<string, () => void | Promise<void>> = {
  dev() {
    engine()
    if (ensureEnvFile()) console.log('Wrote .env with fresh secrets.')
    compose({ file: 'docker-compose.yml', envFile: '.env' }, ['up', '--build', '--remove-orphans'])
  },
  build: () => compose(production(), ['build']),
  up: () => compose(production(), ['up', '-d', '--remove-orphans']),
  down: () => compose(production(), ['down', '--remove-orphans', '-t', String(STOP_SECONDS)]),
  update: () => update(production()),
}

const command = COMMANDS[process.argv[2] ?? '']
if (!command) {
  console.error(`Use: node scripts/compose.ts ${Object.keys(COMMANDS).join('|')}`)
  process.exit(2)
}
try {
  await command()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
