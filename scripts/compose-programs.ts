// What operators run in the containers of a stack: `make audit-verify MODE=prod` and its like. Each in the container whose
// secrets it needs, and never on the database of this checkout.
import { closeSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import type { StdioOptions } from 'node:child_process'
import path from 'node:path'
import { ComposeError, containersOf, runOnce, startOf } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'
import { recoveryTargets } from './compose-recovery.ts'
import { ROOT } from './env-file.ts'
import { newFile } from './new-file.ts'

/** Service and Node's arguments, by target. */
const PROGRAMS: Record<string, [service: string, ...args: string[]]> = {
  'audit-verify': ['backend', 'backend/src/audit-verify.ts'],
  'rotate-keys': ['backend', 'backend/src/rotate-keys.ts'],
  'operator-create': ['backend', 'backend/src/operator-create.ts'],
  'person-sessions-end': ['backend', 'backend/src/person-sessions-end.ts'],
  'person-reset-link': ['backend', 'backend/src/person-reset-link.ts'],
  'tenant-create': ['backend', 'backend/src/tenant-create.ts'],
  'tenant-list': ['backend', 'backend/src/tenant-list.ts'],
  'db-report': ['backup', 'backend/src/db-report.ts'],
  'db-maintain': ['maintenance', 'backend/src/maintain.ts', 'now'],
  'db-backup': ['backup', 'scripts/backup/main.ts', 'create'],
  'db-verify-backup': ['backup', 'scripts/backup/main.ts', 'verify'],
}
/** The file by the output of `docker exec`, what is said by the other one. */
const PIPED = 'exec node backend/src/tenant-export.ts "$1" - 3>&1 >&2'
/** Development in containers has none of these. */
const OF_PRODUCTION: ReadonlySet<string> = new Set(['backup', 'maintenance'])

/** The targets that are programs; what else was typed goes to the program. */
export function programTargets(
  args: readonly string[],
): Record<string, (stack: Stack) => void | Promise<void>> {
  const programs = Object.entries(PROGRAMS).map(([target, [service, ...command]]) => [
    target,
    (stack: Stack) => inside(stack, service, ['node', ...command, ...args]),
  ])
  return {
    ...(Object.fromEntries(programs) as Record<string, (stack: Stack) => void>),
    'db-migrate'(stack) {
      if (containersOf(stack, 'postgres').length === 0)
        throw new ComposeError(`postgres of ${stack.project} does not run: ${startOf(stack)}`)
      runOnce(stack, 'migrate')
    },
    'tenant-export': (stack) => exportTenant(stack, args),
    ...recoveryTargets(args),
  }
}

/**
 * Runs a program of a container, on this terminal where there is one; what it ends with, make ends with.
 * @throws ComposeError where its service does not run
 */
export function inside(
  stack: Stack,
  service: string,
  command: string[],
  stdio: StdioOptions = 'inherit',
): void {
  const isProduction = stack.file === 'docker-compose.prod.yml'
  if (!isProduction && OF_PRODUCTION.has(service))
    throw new ComposeError(
      `Development in containers has no ${service}: this is for MODE=prod, or without MODE.`,
    )
  const [container] = containersOf(stack, service)
  if (container === undefined)
    throw new ComposeError(`${service} of ${stack.project} does not run: ${startOf(stack)}`)
  const terminal = process.stdin.isTTY && stdio === 'inherit' ? ['-it'] : ['-i']
  // Ctrl-C is the program's.
  process.on('SIGINT', () => undefined)
  process.exitCode = spawnSync('docker', ['exec', ...terminal, container, ...command], { stdio }).status ?? 1
}

/** A container writes no file that stays: it comes through the pipe into one of this machine. */
function exportTenant(stack: Stack, [tenantId = '', out = '']: readonly string[]): void {
  const day = new Date().toISOString().slice(0, 10)
  const file = path.resolve(
    ROOT,
    out === '' ? `chronos-${tenantId.replaceAll(/[^\w-]/g, '')}-${day}.zip` : out,
  )
  const target = newFile(file)
  try {
    inside(stack, 'backend', ['sh', '-c', PIPED, 'sh', tenantId], ['ignore', target, 'inherit'])
  } finally {
    closeSync(target)
    if (process.exitCode !== 0) rmSync(file)
  }
  if (process.exitCode === 0) console.log(file)
}
