// Reads which file imports which: the graph that the boundary rules are checked on. A text scanner rather
// than a parser: imports stand at the start of a line here, and no tool for boundaries reads TypeScript 7.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Import {
  /** Path from the repository's root with '/', or the package's name (node:fs, pg, @prisma/client). */
  target: string
  kind: 'file' | 'package'
  /** Only types: nothing is loaded when the program runs. */
  typeOnly: boolean
  line: number
}

/** The imports of each file; keys are paths from `root` with '/'. */
export type ImportGraph = Map<string, Import[]>

const STATIC =
  /^[ \t]*(?:import|export)\s+(type\s+)?((?:[\w*$\s{},]|\btype\b)*?\s*from\s*)?(['"])([^'"\n]+)\3/gm
const DYNAMIC = /\bimport\(\s*(['"])([^'"\n]+)\1\s*\)/g
const EXTENSIONS = ['', '.ts', '.tsx', '.js', '/index.ts', '/index.tsx']

/** Reads `files` (paths from `root`). Imports of other workspaces resolve to their files. */
export function readImports(root: string, files: readonly string[]): ImportGraph {
  const known = new Set(files)
  const graph: ImportGraph = new Map()
  for (const file of files) {
    const text = withoutComments(readFileSync(path.join(root, file), 'utf8'))
    graph.set(
      file,
      [...importsOf(text)].map((found) => resolve(root, file, found, known)),
    )
  }
  return graph
}

interface Found {
  specifier: string
  typeOnly: boolean
  line: number
}

function* importsOf(text: string): Generator<Found> {
  const lineAt = (index: number): number => text.slice(0, index).split('\n').length
  for (const match of text.matchAll(STATIC)) {
    const [whole, typeKeyword, clause = '', , specifier = ''] = match
    // `import { type A, type B } from` loads nothing either.
    const names =
      /\{([^}]*)\}/
        .exec(clause)?.[1]
        ?.split(',')
        .map((name) => name.trim())
        .filter(Boolean) ?? []
    const onlyTypes =
      names.length > 0 && names.every((name) => name.startsWith('type ')) && /^\s*\{/.test(clause)
    const start = (match.index ?? 0) + (whole.length - whole.trimStart().length)
    yield { specifier, typeOnly: Boolean(typeKeyword) || onlyTypes, line: lineAt(start) }
  }
  for (const match of text.matchAll(DYNAMIC)) {
    yield { specifier: match[2] ?? '', typeOnly: false, line: lineAt(match.index ?? 0) }
  }
}

function resolve(root: string, from: string, found: Found, known: Set<string>): Import {
  const { specifier, typeOnly, line } = found
  const contract = /^@chronos\/contracts\/(.+)$/.exec(specifier)?.[1]
  if (contract) return { target: `contracts/src/${contract}.ts`, kind: 'file', typeOnly, line }
  if (specifier.startsWith('.')) {
    const base = path.posix.normalize(
      path.posix.join(path.posix.dirname(from), specifier.replace(/\?.*$/, '')),
    )
    const target = EXTENSIONS.map((end) => base + end).find(
      (candidate) =>
        known.has(candidate) || (path.posix.extname(candidate) && existsSync(path.join(root, candidate))),
    )
    return { target: target ?? base, kind: 'file', typeOnly, line }
  }
  const parts = specifier.split('/')
  const name = specifier.startsWith('node:')
    ? specifier
    : parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { target: name, kind: 'package', typeOnly, line }
}

/** Comments become spaces, so that line numbers stay; strings and templates are left alone. */
export function withoutComments(text: string): string {
  const blank = (part: string): string => part.replace(/[^\n]/g, ' ')
  return text.replace(
    /(\/\*[\s\S]*?\*\/)|(^|[\s;{}(),])(\/\/[^\n]*)|('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`)/g,
    (whole, block: string | undefined, before: string | undefined, line: string | undefined) => {
      if (block !== undefined) return blank(block)
      if (line !== undefined) return (before ?? '') + blank(line)
      return whole
    },
  )
}

/** Groups of files that import each other in a circle, each with its files in order. */
export function findCycles(graph: ImportGraph, includeTypes: boolean): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const cycles: string[][] = []
  const visit = (file: string): void => {
    index.set(file, index.size)
    low.set(file, index.get(file) ?? 0)
    stack.push(file)
    for (const { target, typeOnly } of graph.get(file) ?? []) {
      if (!graph.has(target) || (typeOnly && !includeTypes)) continue
      if (!index.has(target)) visit(target)
      if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? 0, low.get(target) ?? 0))
    }
    if (low.get(file) !== index.get(file)) return
    const group = stack.splice(stack.indexOf(file))
    if (group.length > 1) cycles.push(group)
  }
  for (const file of graph.keys()) if (!index.has(file)) visit(file)
  return cycles
}
