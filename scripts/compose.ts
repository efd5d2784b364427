// The compose stacks: `make docker-dev`, `build-prod`, `prod-up`, `prod-down`, `prod-update`.
import { ensureEnvFile } from './env-file.ts'
import { demandFitSettings, sayUnfitSettings } from './compose-checks.ts'
import { sayingWhy } from './compose-failures.ts'
import { endingSecrets } from './compose-secrets.ts'
import { replicasOf, STOP_SECONDS, untilHealthy, updateProduction } from './compose-roll.ts'
import {
  compose,
  demandSettings,
  developmentStack,
  engine,
  productionStack,
  reporting,
  servicesOf,
} from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'

/** As many as wanted, or as run: bringing a stack up is no reason to take replicas away. */
function scaleOf(stack: Stack): string[] {
  demandSettings(stack)
  const services = servicesOf(stack)
  return replicasOf(stack)
    .filter(([service, count]) => count > 0 && services.includes(service))
    .flatMap(([service, count]) => ['--scale', `${service}=${count}`])
}

const COMMANDS: Record<string, () => void | Promise<void>> = {
  dev() {
    engine()
    if (ensureEnvFile()) console.log('Wrote .env with fresh secrets.')
    compose(developmentStack(), ['up', '--build', '--remove-orphans'])
  },
  build() {
    const stack = productionStack()
    sayUnfitSettings(stack)
    compose(stack, ['build'])
  },
  async up() {
    const stack = productionStack()
    demandFitSettings(stack)
    await endingSecrets(stack, async () => {
      sayingWhy(stack, () => compose(stack, ['up', '-d', '--remove-orphans', ...scaleOf(stack)]))
      // From then on people are served.
      await untilHealthy(stack, ['backend', 'frontend', 'nginx'])
    })
  },
  down: () => compose(productionStack(), ['down', '--remove-orphans', '-t', String(STOP_SECONDS)]),
  async update() {
    const stack = productionStack()
    demandFitSettings(stack)
    // Its notes were on this terminal as it ran.
    await endingSecrets(
      stack,
      () => updateProduction(stack),
      () => undefined,
    )
  },
}

const command = COMMANDS[process.argv[2] ?? '']
if (command) {
  await reporting(command)
} else {
  console.error(`Use: node scripts/compose.ts ${Object.keys(COMMANDS).join('|')}`)
  process.exitCode = 2
}
