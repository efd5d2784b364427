// The everyday targets on a compose stack: `make <target> MODE=docker` (development) or `MODE=prod`.
import { spawnSync } from 'node:child_process'
import { ask } from './ask.ts'
import { askStack } from './compose-health.ts'
import { showLogs } from './compose-logs.ts'
import { rollProduction } from './compose-roll.ts'
import {
  compose,
  ComposeError,
  containersOf,
  developmentStack,
  engine,
  productionStack,
  reporting,
  settingOf,
} from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'
import { healthTable } from './dev-health.ts'
import { ensureEnvFile } from './env-file.ts'

const [target = '', mode = ''] = process.argv.slice(2)

const TARGETS: Record<string, (stack: Stack) => void | Promise<void>> = {
  async health(stack) {
    const parts = await askStack(stack)
    console.log(healthTable(parts))
    if (!parts.every(({ isUp }) => isUp)) process.exitCode = 1
  },
  logs: (stack) => logs(stack, 'all'),
  'logs-backend': (stack) => logs(stack, 'backend'),
  'logs-frontend': (stack) => logs(stack, 'frontend'),
  stop: (stack) => compose(stack, ['stop', '-t', '50']),
  // Production is rolled: a restart is no reason to drop a request.
  restart: (stack) => (mode === 'prod' ? rollProduction(stack) : compose(stack, ['restart', '-t', '20'])),
  'shell-postgres': (stack) => {
    const user = settingOf(stack, 'POSTGRES_USER') || 'chronos_admin'
    inside(stack, 'postgres', ['psql', '-U', user, '-d', settingOf(stack, 'POSTGRES_DB') || 'chronos'])
  },
  'shell-redis': (stack) =>
    inside(stack, 'redis', [
      ...[
        'sh',
        '-c',
        'REDISCLI_AUTH="$(cat /run/chronos/redis/REDIS_PASSWORD)" exec redis-cli $(test -e /run/chronos/redis/redis.pem && echo --tls --cacert /run/chronos/redis/redis.pem)',
      ],
    ]),
  clean: (stack) => compose(stack, ['down', '--remove-orphans', '--rmi', 'local']),
  async 'clean-all'(stack) {
    if (mode === 'prod')
      throw new ComposeError(
        `Production's data is no rubbish: make prod-down, then docker volume rm by hand (${stack.project}_…).`,
      )
    const answer = await ask(
      `This deletes the database and every volume of ${stack.project}. Type "yes" to go on: `,
    )
    if (answer === 'yes') compose(stack, ['down', '--remove-orphans', '--rmi', 'local', '--volumes'])
    else console.log('Nothing was changed.')
  },
}

async function logs(stack: Stack, group: string): Promise<void> {
  const lines = Number(process.env['LINES'] || 50)
  if (!Number.isInteger(lines) || lines < 0)
    throw new ComposeError(`LINES is no number of lines: ${process.env['LINES']}`)
  await showLogs(stack, group, { lines, follow: process.env['FOLLOW'] !== '0' })
}

/** A program of a container, on this terminal where there is one. */
function inside(stack: Stack, service: string, command: string[]): void {
  const [container] = containersOf(stack, service)
  if (container === undefined)
    throw new ComposeError(
      `${service} of ${stack.project} does not run: ${mode === 'prod' ? 'make prod-up' : 'make docker-dev'}`,
    )
  const terminal = process.stdin.isTTY ? ['-it'] : ['-i']
  // Ctrl-C is the shell's.
  process.on('SIGINT', () => undefined)
  process.exitCode =
    spawnSync('docker', ['exec', ...terminal, container, ...command], { stdio: 'inherit' }).status ?? 1
}

const run = TARGETS[target]
if (run && (mode === 'docker' || mode === 'prod')) {
  await reporting(() => {
    engine()
    if (mode === 'docker') ensureEnvFile()
    return run(mode === 'prod' ? productionStack() : developmentStack())
  })
} else {
  console.error(`Use: node scripts/compose-targets.ts ${Object.keys(TARGETS).join('|')} docker|prod`)
  process.exitCode = 2
}
