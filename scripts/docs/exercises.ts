// Who types each target of the Makefile, in each mode it knows: without MODE, on the development stack in containers, on the
// production of this machine. It is read out of what types it; whatever that does not tell stands in NAMED.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { codeBlocks, commands, documents } from './markdown.ts'
import { asTyped, SEED_BLOCKS, targetOf } from './seed-blocks.ts'
import { targetsOf } from './shell-blocks.ts'

export type ExerciseMode = 'plain' | 'docker' | 'prod'

/** What operators do, each a program in a container. */
const OPERATORS = [
  ...['audit-verify', 'rotate-keys', 'operator-create', 'person-sessions-end', 'person-reset-link'],
  ...['tenant-create', 'tenant-list', 'tenant-export'],
  ...['db-report', 'db-maintain', 'db-backup', 'db-verify-backup'],
]

/** Files that run a target, or its program, and what they are read for: the name, or the program. */
const NAMED: Record<
  ExerciseMode,
  readonly (readonly [file: string, targets: readonly string[], program?: string])[]
> = {
  plain: [
    ['scripts/dev-targets.test.ts', ['help']],
    ['scripts/sbom.test.ts', ['sbom']],
    ['scripts/smoke.test.ts', ['smoke'], 'make smoke '],
    ['scripts/deploy-release.test.ts', ['deploy'], 'make deploy '],
    ['scripts/release.test.ts', ['release'], 'scripts/release.ts'],
    ['scripts/test-compose.ts', ['docker-dev']],
    ['scripts/docs/seed-blocks.test.ts', ['test']],
    ['scripts/docs/documents.test.ts', ['docs-configuration'], 'configurationText('],
    ['backend/test/contract-fuzz.test.ts', ['fuzz'], 'describe('],
    ['backend/test/tenant-commands.test.ts', ['tenant-export'], 'backend/src/tenant-export.ts'],
    ['backend/test/tenant-commands.test.ts', ['tenant-backup', 'tenant-restore'], 'scripts/backup/tenant.ts'],
  ],
  docker: [
    [
      'scripts/test-compose.ts',
      ['logs', 'logs-backend', 'logs-frontend', 'stop', 'restart', 'clean', 'clean-all'],
    ],
    ['scripts/compose-recovery.test.ts', ['db-restore', 'tenant-backup', 'tenant-restore']],
    ['scripts/compose-programs.test.ts', OPERATORS],
    ['scripts/test-journey.ts', ['test-journey'], "'docker'"],
  ],
  prod: [
    ['scripts/compose-prod.test.ts', ['health']],
    [
      'scripts/dev-targets.test.ts',
      [
        'logs',
        'logs-backend',
        'logs-frontend',
        'stop',
        'restart',
        'shell-postgres',
        'shell-redis',
        'clean',
        'clean-all',
      ],
    ],
    ['scripts/compose-recovery.test.ts', ['db-restore', 'tenant-backup', 'tenant-restore']],
    ['scripts/compose-programs.test.ts', [...OPERATORS, 'db-migrate']],
  ],
}
const WORKFLOWS = ['.github/workflows/ci.yml', '.github/workflows/containers.yml']

/** @returns the places that exercise a target in a mode; for NAMED, only where the file still does */
export function exercisersIn(
  root: string,
  makefile: string,
): (target: string, mode: ExerciseMode) => string[] {
  const read = (file: string): string =>
    existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8') : ''
  const workflows = WORKFLOWS.map((file) => [file, read(file)] as const)
  const pages = documents(root).map((file) => {
    const run = codeBlocks(read(file)).filter(({ info }) => info.startsWith('bash run'))
    return [file, run.flatMap(commands)] as const
  })
  const modeOf = (command: string): ExerciseMode =>
    (/ MODE=(docker|prod)\b/.exec(command)?.[1] ?? 'plain') as ExerciseMode
  const isOf = (target: string, mode: ExerciseMode) => (command: string) =>
    targetsOf(command).includes(target) && modeOf(command) === mode

  const seeded = (target: string, mode: ExerciseMode): boolean =>
    SEED_BLOCKS.some(({ commands: list, exempt }) =>
      (mode === 'plain'
        ? (['embedded', 'docker'] as const)
        : mode === 'docker'
          ? (['docker'] as const)
          : []
      ).some(
        (typedIn) =>
          exempt?.[typedIn] === undefined &&
          list.some(
            (command) => targetOf(command) === target && modeOf(asTyped(command, typedIn, makefile)) === mode,
          ),
      ),
    )
  const inWorkflow = (text: string, target: string, mode: ExerciseMode): boolean => {
    const steps = [...text.matchAll(/^ +- run: (make .+)$/gm)].map(([, command = '']) => command)
    const suites = [...text.matchAll(/suite: \[(.+)\]/g)].flatMap(([, names = '']) => names.split(', '))
    const isSuite = suites.includes(target.replace(/^test-/, '')) && target.startsWith('test-')
    return steps.some(isOf(target, mode)) || (mode !== 'docker' && isSuite && targetExistsIn(mode, target))
  }
  // What runs against a production that runs, without MODE, is of production.
  const targetExistsIn = (mode: ExerciseMode, target: string): boolean =>
    mode === 'plain' || target === 'test-journey'
  const named = (target: string, mode: ExerciseMode): string[] =>
    NAMED[mode]
      .filter(([file, targets, program]) => targets.includes(target) && says(read(file), program ?? target))
      .map(([file]) => file)

  return (target, mode) => [
    ...(seeded(target, mode) ? ['scripts/docs/seed-blocks.ts'] : []),
    ...pages.filter(([, list]) => list.some(isOf(target, mode))).map(([file]) => file),
    ...workflows.filter(([, text]) => inWorkflow(text, target, mode)).map(([file]) => file),
    ...named(target, mode),
  ]
}

/** A name as a word in quotes or behind make, a program anywhere; not in a comment. */
function says(source: string, what: string): boolean {
  const code = source
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
    .join('\n')
  return /^[a-z-]+$/.test(what) ? new RegExp(`['" ]${what}['" ]`).test(code) : code.includes(what)
}
