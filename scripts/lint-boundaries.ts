// The direction of imports, as errors: contracts <- platform <- modules <- app. What each rule protects
// stands in its message.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from './env-file.ts'
import { findCycles, readImports, withoutComments } from './lint-imports.ts'
import type { Import, ImportGraph } from './lint-imports.ts'
import { sourceFiles } from './source-files.ts'

export interface Violation {
  file: string
  line: number
  message: string
}

const DATABASE_PACKAGES = ['pg', 'pg-boss', 'ioredis', '@prisma/client', '@prisma/adapter-pg', 'umzug']
const IO_PACKAGES = [
  ...DATABASE_PACKAGES,
  ...['fastify', 'nodemailer', 'pino'],
  ...[
    'fs',
    'fs/promises',
    'net',
    'tls',
    'http',
    'https',
    'http2',
    'dns',
    'dgram',
    'child_process',
    'timers/promises',
  ].map((name) => `node:${name}`),
]
const IO_FILE = /\.(queries|service|routes|jobs)\.ts$|^backend\/src\/(integrations|plugins)\//

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)
const under = (file: string, folder: string): boolean => file.startsWith(`${folder}/`)
const moduleOf = (file: string): string | undefined => /^backend\/src\/modules\/([^/]+)\//.exec(file)?.[1]

/** What a file may not import; undefined when the import is fine. */
function refusal(file: string, { target, kind, typeOnly }: Import): string | undefined {
  if (under(file, 'contracts')) {
    if (kind === 'file' && !under(target, 'contracts'))
      return 'contracts import nothing of the other workspaces'
    if (kind === 'package' && target !== 'zod' && !isTest(file))
      return 'contracts run in browser and server alike: only zod'
  }
  if (under(file, 'frontend') || under(file, 'e2e')) {
    const own = file.split('/')[0] ?? ''
    // A double of somebody else's server is nobody's side of ours.
    if (isTest(file) && target.endsWith('-double.ts')) return undefined
    if (kind === 'file' && !under(target, own) && !under(target, 'contracts')) {
      return `${own} knows the server by its contracts alone`
    }
  }
  return under(file, 'backend/src') && !isTest(file)
    ? backendRefusal(file, target, kind, typeOnly)
    : undefined
}

function backendRefusal(
  file: string,
  target: string,
  kind: Import['kind'],
  typeOnly: boolean,
): string | undefined {
  const inPlatform = under(file, 'backend/src/platform')
  if (kind === 'package') {
    if (DATABASE_PACKAGES.includes(target) && !inPlatform) {
      return `only platform/ imports ${target}: elsewhere a statement could run without its tenant`
    }
    return undefined
  }
  if (under(target, 'contracts')) return undefined
  if (!under(target, 'backend/src'))
    return 'the server imports nothing of tests, scripts, benchmarks or other workspaces'
  if (under(target, 'backend/src/generated') && !inPlatform) {
    return 'only platform/ imports the generated client: elsewhere a statement could run without its tenant'
  }
  return layerRefusal(file, target, typeOnly)
}

const LAYERS: [folder: string, allowed: string[]][] = [
  ['backend/src/platform', ['platform', 'generated']],
  ['backend/src/integrations', ['platform', 'integrations']],
  ['backend/src/plugins', ['platform', 'plugins']],
  ['backend/src/modules', ['platform', 'plugins', 'integrations', 'modules']],
]
/** What every layer may know the shape of, though not load. */
const SHAPES = ['backend/src/context.ts', 'backend/src/config.ts']

function layerRefusal(file: string, target: string, typeOnly: boolean): string | undefined {
  const layer = LAYERS.find(([folder]) => under(file, folder))
  if (!layer) return undefined
  const [folder, allowed] = layer
  if (typeOnly && SHAPES.includes(target) && folder !== 'backend/src/platform') return undefined
  if (!allowed.some((name) => under(target, `backend/src/${name}`))) {
    return `${folder.slice('backend/src/'.length)}/ imports only ${allowed.join('/, ')}/`
  }
  const other = moduleOf(target)
  // Pure rules may be shared as well: they hold no data, and rules could not go through a service.
  if (other !== undefined && other !== moduleOf(file) && !/\.(service|rules)\.ts$/.test(target)) {
    return `another module is used through its service or its pure rules only, ${other}.service.ts`
  }
  return undefined
}

const SQL_TEXT =
  /[`'"]\s*(?:select\s|insert\s+into\s|update\s+\w+[.\w]*\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()/i
const SQL_FREE = /\.(routes|service|rules)\.ts$/

function sqlOutsideQueries(file: string, text: string): Violation[] {
  if (!under(file, 'backend/src/modules') || !SQL_FREE.test(file)) return []
  return withoutComments(text)
    .split('\n')
    .flatMap((line, index) =>
      SQL_TEXT.test(line) ? [{ file, line: index + 1, message: 'SQL stands in x.queries.ts alone' }] : [],
    )
}

/** Rules are pure: nothing that they load, directly or through others, reaches disk, network or database. */
function impureRules(graph: ImportGraph): Violation[] {
  const violations: Violation[] = []
  for (const [file, imports] of graph) {
    if (!file.endsWith('.rules.ts') || !under(file, 'backend/src')) continue
    for (const one of imports) {
      const way = wayToIo(graph, one, [file])
      if (way)
        violations.push({
          file,
          line: one.line,
          message: `rules are pure, but this leads to ${way.join(' -> ')}`,
        })
    }
  }
  return violations
}

function wayToIo(graph: ImportGraph, one: Import, seen: string[]): string[] | undefined {
  if (one.typeOnly || seen.includes(one.target)) return undefined
  if (one.kind === 'package') return IO_PACKAGES.includes(one.target) ? [one.target] : undefined
  if (IO_FILE.test(one.target)) return [one.target]
  seen.push(one.target)
  for (const next of graph.get(one.target) ?? []) {
    const rest = wayToIo(graph, next, seen)
    if (rest) return [one.target, ...rest]
  }
  return undefined
}

/** Checks `files` (paths from `root`); empty when all is well. */
export function checkBoundaries(root: string, files: readonly string[]): Violation[] {
  const graph = readImports(root, files)
  const violations = impureRules(graph)
  for (const [file, imports] of graph) {
    const text = readFileSync(path.join(root, file), 'utf8')
    for (const one of imports) {
      const message = refusal(file, one)
      if (message) violations.push({ file, line: one.line, message: `${message} (imports ${one.target})` })
    }
    if (/(^|\/)index\.ts$/.test(file) && /^export\s[^;]*?\sfrom\s/m.test(text)) {
      violations.push({ file, line: 1, message: 'no barrel files: import from the file that defines it' })
    }
    violations.push(...sqlOutsideQueries(file, text))
  }
  for (const cycle of findCycles(graph, false)) {
    violations.push({
      file: cycle[0] ?? '',
      line: 1,
      message: `files import each other: ${cycle.join(', ')}`,
    })
  }
  return violations
}

/** Of this checkout. */
export function lintBoundaries(): Violation[] {
  return checkBoundaries(ROOT, sourceFiles(ROOT))
}
