// `make db-restore`, `tenant-backup` and `tenant-restore` with MODE=prod: in a container of their own (the service `recovery`),
// which alone has the secrets of administrator, backup and application together, and is gone afterwards. Files of this
// machine travel through its pipes: its user could not read them, and a container writes no file that stays.
import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, createReadStream, existsSync, openSync, rmSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'
import { demandFitSettings } from './compose-checks.ts'
import { untilHealthy } from './compose-roll.ts'
import { endingSecrets } from './compose-secrets.ts'
import { compose, composeCall, ComposeError, containersOf } from './compose-stack.ts'
import type { Stack } from './compose-stack.ts'
import { ROOT } from './env-file.ts'
import { newFile } from './new-file.ts'

type Target = (stack: Stack) => Promise<void>

/** A place in the container that ends with the script. What the program says names files as they are called here. */
const PLACE = 'set -eu -o pipefail; place=$(mktemp -d /scratch/XXXXXXXX); trap \'rm -rf "$place"\' EXIT;'
const NAMED = 'sed "s#$place/##"'
const SCRIPTS = {
  unpack: `${PLACE} tar -C "$place" -xf -; node scripts/backup/main.ts restore "$place/$1" | ${NAMED}`,
  write: `${PLACE} node scripts/backup/tenant.ts create "$1" "$place/$2" | ${NAMED} >&2; cat "$place/$2"`,
  read: `${PLACE} cat >"$place/$1"; node scripts/backup/tenant.ts restore "$place/$1" | ${NAMED}`,
}

/** The targets; what else was typed is theirs. */
export function recoveryTargets(args: readonly string[]): Record<string, Target> {
  const [first = '', second = ''] = args
  return {
    'db-restore': (stack) => restore(ofProduction(stack), first),
    'tenant-backup': (stack) => backUpTenant(ofProduction(stack), first, second),
    'tenant-restore': (stack) => restoreTenant(ofProduction(stack), first),
  }
}

function ofProduction(stack: Stack): Stack {
  if (stack.file !== 'docker-compose.prod.yml')
    throw new ComposeError(
      'Development in containers has no backups: this is for MODE=prod, or without MODE.',
    )
  return stack
}

/** Into the production that runs, or, on a machine where nothing runs yet, into its PostgreSQL, started alone. */
async function restore(stack: Stack, from: string): Promise<void> {
  if (containersOf(stack, 'postgres').length === 0) {
    demandFitSettings(stack)
    await endingSecrets(stack, () => {
      compose(stack, ['up', '-d', 'postgres'])
      return untilHealthy(stack, ['postgres'])
    })
  }
  const folder = path.resolve(ROOT, from)
  if (from === '' || !existsSync(folder)) {
    const name = from === '' ? [] : [from]
    return ended(
      run(stack, ['node', 'scripts/backup/main.ts', 'restore', ...name], ['ignore', 'inherit', 'inherit']),
    )
  }
  if (!statSync(folder).isDirectory())
    throw new ComposeError(`${folder} is no folder: a backup is one, as chronos-20261126T031500Z.`)
  const container = run(stack, bash('unpack', path.basename(folder)), ['pipe', 'inherit', 'inherit'])
  const tar = spawn('tar', ['-C', path.dirname(folder), '-cf', '-', path.basename(folder)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  tar.on('error', (error) => {
    console.error(error.message)
    container.kill()
  })
  // Where the program ends first, it has said why.
  container.stdin?.on('error', () => tar.kill())
  if (container.stdin) tar.stdout.pipe(container.stdin)
  await ended(container)
}

/** Without `out` it stays beside the backups of the server, in their volume. */
async function backUpTenant(stack: Stack, tenantId: string, out: string): Promise<void> {
  demandRunning(stack)
  if (out === '')
    return ended(
      run(stack, ['node', 'scripts/backup/tenant.ts', 'create', tenantId], ['ignore', 'inherit', 'inherit']),
    )
  const file = path.resolve(ROOT, out)
  const sumFile = `${file}.sha256`
  const target = newFile(file)
  let sum: number
  try {
    sum = newFile(sumFile)
  } catch (error) {
    closeSync(target)
    rmSync(file)
    throw error
  }
  let isWhole = false
  try {
    await ended(run(stack, bash('write', tenantId, path.basename(file)), ['ignore', target, 'inherit']))
    if (process.exitCode !== 0) return
    writeSync(sum, `${await sumOf(file)}  ${path.basename(file)}\n`)
    isWhole = true
    console.log(file)
  } finally {
    for (const descriptor of [target, sum]) closeSync(descriptor)
    if (!isWhole) for (const name of [file, sumFile]) rmSync(name, { force: true })
  }
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  return hash.digest('hex')
}

/** A file of this machine, else one beside the backups of the server. */
async function restoreTenant(stack: Stack, name: string): Promise<void> {
  demandRunning(stack)
  const file = path.resolve(ROOT, name)
  const isHere = name !== '' && existsSync(file) && statSync(file).isFile()
  if (!isHere) {
    const inside = name === '' ? '' : path.posix.resolve('/backups', name)
    return ended(
      run(stack, ['node', 'scripts/backup/tenant.ts', 'restore', inside], ['ignore', 'inherit', 'inherit']),
    )
  }
  const source = openSync(file, 'r')
  try {
    await ended(run(stack, bash('read', path.basename(file)), [source, 'inherit', 'inherit']))
  } finally {
    closeSync(source)
  }
}

function demandRunning(stack: Stack): void {
  if (containersOf(stack, 'postgres').length === 0)
    throw new ComposeError(`postgres of ${stack.project} does not run: make prod-up`)
}

const bash = (script: keyof typeof SCRIPTS, ...args: string[]): string[] => [
  ...['bash', '-c', SCRIPTS[script], 'bash'],
  ...args,
]

function run(stack: Stack, command: string[], stdio: StdioOptions): ChildProcess {
  const { program, args, env } = composeCall(stack, [
    'run',
    '--rm',
    '--no-deps',
    '-T',
    'recovery',
    ...command,
  ])
  // Ctrl-C is the program's.
  process.on('SIGINT', () => undefined)
  return spawn(program, args, { cwd: ROOT, env, stdio })
}

/** What the program ends with, make ends with. */
function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      process.exitCode = code ?? 1
      resolve()
    })
  })
}
