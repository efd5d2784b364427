// The compose stacks: `make docker-dev`, `build-prod`, `prod-up`, `prod-down`, `prod-update`.
import { ensureEnvFile } from './env-file.ts'
import { STOP_SECONDS, updateProduction } from './compose-roll.ts'
import {
  compose,
  containersOf,
  demandSettings,
  developmentStack,
  engine,
  productionStack,
  reporting,
  settingOf,
} from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

/** BACKEND_REPLICAS, or as many as run: bringing a stack up is no reason to take replicas away. */
function scaleOf(stack: Stack): string[] {
  demandSettings(stack)
  const count = settingOf(stack, 'BACKEND_REPLICAS') || String(containersOf(stack, 'backend').length || 1)
  return ['--scale', `backend=${count}`]
}

const COMMANDS: Record<string, () => void | Promise<void>> = {
  dev() {
    engine()
    if (ensureEnvFile()) console.log('Wrote .env with fresh secrets.')
    compose(developmentStack(), ['up', '--build', '--remove-orphans'])
  },
  build: () => compose(productionStack(), ['build']),
  up: () => compose(productionStack(), ['up', '-d', '--remove-orphans', ...scaleOf(productionStack())]),
  down: () => compose(productionStack(), ['down', '--remove-orphans', '-t', String(STOP_SECONDS)]),
  update: () => updateProduction(productionStack()),
}

const command = COMMANDS[process.argv[2] ?? '']
if (command) {
  await reporting(command)
} else {
  console.error(`Use: node scripts/compose.ts ${Object.keys(COMMANDS).join('|')}`)
  process.exitCode = 2
}
