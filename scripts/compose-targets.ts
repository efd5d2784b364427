// The targets of every day and of operators on a compose stack: `make <target> MODE=docker` (development) or `MODE=prod`.
import { ask } from './ask.ts'
import { askStack } from './compose-health.ts'
import { inside, programTargets } from './compose-programs.ts'
import { showLogs } from './compose-logs.ts'
import { rollProduction } from './compose-roll.ts'
import {
  compose,
  ComposeError,
  developmentStack,
  engine,
  productionStack,
  reporting,
  settingOf,
} from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'
import { healthTable } from './dev-health.ts'
import { ensureEnvFile } from './env-file.ts'

const [target = '', mode = '', ...args] = process.argv.slice(2)

const TARGETS: Record<string, (stack: Stack) => void | Promise<void>> = {
  ...programTargets(args),
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
