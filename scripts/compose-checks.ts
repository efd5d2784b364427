// What `make prod-up`, `prod-update` and `build-prod` look at before anything of production starts: its settings, as
// `make env-check FOR=production` does.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { ComposeError, demandSettings } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'
import { checkDeployment } from './env-check.ts'
import { ROOT } from './env-file.ts'

/**
 * What should be mended and starts all the same is said alone. So is everything where an override may set the rest.
 * @throws ComposeError with a line for each setting at fault, where production would not start with one of them
 */
export function demandFitSettings(stack: Stack, say: (line: string) => void = console.error): void {
  const { refused, problems } = checked(stack)
  if (refused.length === 0 || (process.env['COMPOSE_OVERRIDE'] ?? '') !== '') {
    for (const problem of problems) say(`${stack.envFile}: ${problem}`)
    return
  }
  throw new ComposeError(
    [
      ...problems.map((fault) => `${stack.envFile}: ${fault}`),
      'Nothing was started: make env-check FOR=production looks at it again.',
    ].join('\n'),
  )
}

/** An image needs no secret: what would keep it from starting is said, and it is built. */
export function sayUnfitSettings(stack: Stack, say: (line: string) => void = console.error): void {
  for (const problem of checked(stack).problems) say(`${stack.envFile}: ${problem}`)
}

function checked(stack: Stack): { refused: string[]; problems: string[] } {
  demandSettings(stack)
  const text = readFileSync(path.resolve(ROOT, stack.envFile), 'utf8')
  return checkDeployment(parseEnv(text), text)
}
