// `make test-docs`: types the commands of README and docs whose block begins with `bash run` (what types the others: shell-blocks.ts), document by document, in a
// copy of this checkout with ports and a database of its own. README begins from nothing, by a clone, as a newcomer does, and
// so do the seed's commands (seed-blocks.ts). `make dev` keeps running beside what follows it; all else has to end with 0.
// ONLY=docs/x.md runs one document, ONLY=seed the seed, which `make test-compose` has typed in containers.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../env-file.ts'
import { engine } from '../compose-stack.ts'
import { needsCompose } from '../needs.ts'
import { makeTargets } from './make-targets.ts'
import { codeBlocks, commands, documents } from './markdown.ts'
import type { CodeBlock } from './markdown.ts'
import { asTyped, SEED_BLOCKS, targetOf } from './seed-blocks.ts'
import type { Mode } from './seed-blocks.ts'
import { CommandError, openTerminal, type } from './terminal.ts'
import type { Terminal } from './terminal.ts'

const SEED = 'seed'
const NO_ENGINE = { DOCKER_HOST: 'unix:///nowhere' }

const BESIDE_DEV = 'bash run beside dev'

const runnable = (file: string): CodeBlock[] =>
  codeBlocks(readFileSync(path.join(ROOT, file), 'utf8')).filter(({ info }) => info.startsWith('bash run'))

async function answers({ env }: Terminal): Promise<void> {
  for (const name of ['WEB_PORT', 'API_PORT', 'DB_ADMIN_PORT', 'MAIL_UI_PORT']) {
    const address = `http://localhost:${env[name]}/${name === 'API_PORT' ? 'docs/' : ''}`
    const { status } = await fetch(address)
    if (status !== 200) throw new CommandError(`${name}: ${address} answers ${status}`)
  }
}

async function runDocument(file: string): Promise<number> {
  const blocks = runnable(file)
  const list = blocks.flatMap(commands)
  const isFromNothing = list.some((command) => command.includes('git clone'))
  // Logs that end.
  const terminal = await openTerminal({ isFromNothing }, { ...NO_ENGINE, FOLLOW: '0', LINES: '5' })
  try {
    for (const block of blocks) {
      if (block.info === BESIDE_DEV && !terminal.dev) await type(terminal, 'make dev')
      for (const command of commands(block)) await type(terminal, command)
    }
    if (isFromNothing && terminal.dev) await answers(terminal)
  } finally {
    await terminal.close()
  }
  return list.length
}

async function runSeed(mode: Mode): Promise<number> {
  const makefile = readFileSync(path.join(ROOT, 'Makefile'), 'utf8')
  const targets = makeTargets(makefile)
  for (const target of SEED_BLOCKS.flatMap((block) => block.commands).map(targetOf))
    if (target !== undefined && !targets.has(target)) throw new CommandError(`There is no make ${target}.`)
  const project = { COMPOSE_PROJECT_NAME: `chronos-seed-${process.pid}` }
  const terminal = await openTerminal({ isFromNothing: true }, mode === 'docker' ? project : NO_ENGINE)
  const typeIt = (command: string): Promise<void> =>
    type(
      terminal,
      // Compose v2 has no program of this name.
      asTyped(command, mode, makefile).replace(/^docker-compose/, () => engine().join(' ')),
    )
  let count = 0
  try {
    for (const { commands: list, dev, exempt } of SEED_BLOCKS) {
      const reason = exempt?.[mode]
      if (reason !== undefined) {
        console.log(`  - ${list.join(', ')}: not typed, ${reason}`)
        continue
      }
      if (dev === 'runs' && !terminal.dev) await typeIt('make dev')
      if (dev === 'stopped' && terminal.dev) await typeIt('make stop')
      for (const command of list) await typeIt(command)
      count += list.length
      if (list.includes('make dev')) await answers(terminal)
    }
  } finally {
    try {
      const isCloned = existsSync(path.join(terminal.cwd, 'Makefile'))
      if (mode === 'docker' && isCloned) await typeIt('make clean-all')
    } finally {
      await terminal.close()
    }
  }
  return count
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130))
const [only, mode = 'embedded'] = process.argv.slice(2)
if (mode === 'docker') needsCompose()
const all = [...documents(ROOT).filter((file) => runnable(file).length > 0), SEED]
const files = all.filter((file) => only === undefined || file === only)
if (files.length === 0) {
  console.error(
    `ONLY is a document with runnable commands, such as docs/getting-started.md, or ${SEED}; not "${only}".`,
  )
  process.exit(1)
}
let count = 0
const failed: string[] = []
for (const file of files) {
  console.log(file)
  try {
    count +=
      file === SEED ? await runSeed(mode === 'docker' ? 'docker' : 'embedded') : await runDocument(file)
  } catch (error) {
    failed.push(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
for (const problem of failed) console.error(`\n${problem}`)
console.log(`\n${count} commands of ${files.length} documents ran, ${failed.length} documents failed`)
process.exit(failed.length === 0 && count > 0 ? 0 : 1)
