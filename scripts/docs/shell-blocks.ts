// Every block of commands in README and docs is typed by something. Behind its fence stands by what:
//   bash run               make test-docs types it in a copy of this checkout
//   bash run beside dev    the same, once `make dev` runs there
//   bash by=<who>,<who>    a target of the Makefile, a file of tests, a workflow: what has to be on another machine, in
//                          containers or in a cluster. Either it reads the document and types what stands there, or it
//                          names every make target of the block.
//   sql by=<who>           statements
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { makeTargets, scriptsOf } from './make-targets.ts'
import { codeBlocks, commands, exercisersOf } from './markdown.ts'
import type { CodeBlock } from './markdown.ts'

const MARK = /^(mermaid|bash run( beside dev)?|(bash|sql) by=\S+)?$/
/** What begins like this is a command, whatever its block says. */
const COMMAND = /^(\$ |make |docker|kubectl |node |npm |npx |git |curl |ssh |cp |psql |\.\/)/
const EXERCISER = /(\.test\.ts|^\.github\/workflows\/\w+\.yml)$/

/** What an exerciser is made of: its file, or the programs of its recipe. */
function sourceOf(root: string, who: string, makefile: string): string | undefined {
  const files = makeTargets(makefile).has(who) ? scriptsOf(makefile, who) : EXERCISER.test(who) ? [who] : []
  const there = files.filter((file) => existsSync(path.join(root, file)))
  if (there.length === 0) return undefined
  return there.map((file) => readFileSync(path.join(root, file), 'utf8')).join('\n')
}

/** A workflow names what it runs in its steps; a program anywhere but in its comments. */
function names(source: string, who: string, target: string): boolean {
  const lines = source.split('\n')
  const told = who.endsWith('.yml')
    ? lines.filter((line) => /^ +- run: make /.test(line))
    : lines.filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
  return told.some((line) => new RegExp(`(?<![\\w-])${target}(?![\\w-])`).test(line))
}

/** The targets of `NAME=value make one two NAME=value`; nothing of a command that is not make. */
export function targetsOf(command: string): string[] {
  const words = /^(?:[A-Z_]+=\S+ )*make (.+)$/.exec(command)?.[1]?.split(' ') ?? []
  const last = words.findIndex((word) => !/^[a-z][a-z0-9-]*$/.test(word))
  return last === -1 ? words : words.slice(0, last)
}

/** What stands before `make`: the value of each variable. */
const assigned = (command: string): string[] =>
  [...(/^((?:[A-Z_]+=\S+ )+)make /.exec(command)?.[1] ?? '').matchAll(/=(\S+)/g)].map(
    ([, value = '']) => value,
  )

function problemsOf(block: CodeBlock, root: string, file: string, makefile: string): string[] {
  const list = commands(block)
  if (!MARK.test(block.info)) return [`"${block.info}" says of no one who types it: ${list[0]}`]
  if (block.info === '')
    return list.filter((line) => COMMAND.test(line)).map((line) => `nobody types ${line}`)
  const sources = exercisersOf(block).map((who) => ({ who, source: sourceOf(root, who, makefile) }))
  const missing = sources.filter(({ source }) => source === undefined).map(({ who }) => `there is no ${who}`)
  if (sources.length === 0 || missing.length > 0) return missing
  if (sources.some(({ source }) => source?.includes(`'${file}'`))) return []
  return list.flatMap((command) => {
    const targets = targetsOf(command)
    const isNamed = targets.every((target) =>
      sources.some(({ who, source }) => names(source ?? '', who, target)),
    )
    const isSet = assigned(command).every((value) => sources.some(({ source }) => source?.includes(value)))
    return targets.length > 0 && isNamed && isSet
      ? []
      : [`${exercisersOf(block).join(', ')} does not do ${command}`]
  })
}

/** @returns what is wrong with the blocks of a document, a sentence each */
export function blockProblems(root: string, file: string, text: string, makefile: string): string[] {
  return codeBlocks(text).flatMap((block) => problemsOf(block, root, file, makefile))
}
