/**
 * The image of API and worker carries what they run and nothing besides: no test, no double of another service, no corpus.
 * What its programs load is followed from import to import, and compared with what the Dockerfile takes out.
 */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './env-file.ts'
import { readImports } from './lint-imports.ts'

const dockerfile = readFileSync(path.join(ROOT, 'deploy/docker/backend.Dockerfile'), 'utf8')
const files = globSync(['backend/src/**/*.ts', 'backend/migrations/*.ts', 'contracts/src/**/*.ts'], {
  cwd: ROOT,
})
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => !file.includes('/generated/'))
const programs = files.filter(
  (file) => /^backend\/src\/[\w-]+\.ts$/.test(file) || file.startsWith('backend/migrations/'),
)

/** What the last stage's `find … -delete` and `rm -rf` name. */
const last = dockerfile.split(/^FROM /m).at(-1) ?? ''
const REMOVED = [
  ...[...last.matchAll(/-name '([^']+\.ts)'/g)].map(([, name = '']) => `(^|/)${globOf(name)}$`),
  ...[...last.matchAll(/rm -rf (\S+)/g)].map(([, folder = '']) => `^${globOf(folder)}/`),
].map((text) => new RegExp(text))

function globOf(pattern: string): string {
  return pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')
}
const isRemoved = (file: string): boolean => REMOVED.some((pattern) => pattern.test(file))

function loaded(from = programs, among = files): Set<string> {
  const graph = readImports(ROOT, among)
  const reached = new Set<string>()
  const waiting = from.filter((file) => !file.endsWith('.test.ts'))
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    for (const { target, kind } of graph.get(file) ?? []) if (kind === 'file') waiting.push(target)
  }
  return reached
}

describe('the image of the backend', () => {
  it('takes nothing out that its programs load', () => {
    expect(REMOVED.length).toBeGreaterThan(3)
    expect([...loaded()].filter(isRemoved)).toEqual([])
  })

  it('keeps nothing that none of them loads', () => {
    const reached = loaded()
    expect(reached.size).toBeGreaterThan(200)
    expect(files.filter((file) => !reached.has(file) && !isRemoved(file))).toEqual([])
  })

  it('has no scripts, no tests’ folder and no seed; documents, since it serves them', () => {
    const copied = [...last.matchAll(/^COPY (?:--from=\S+ )?(\S+)/gm)].map(([, what]) => what)
    expect(copied.sort()).toEqual([
      '/app/CHANGELOG.md',
      '/app/backend/src',
      '/app/docs',
      '/app/node_modules',
      'backend/migrations',
      'backend/package.json',
      'contracts',
      'package.json',
    ])
  })
})

describe('the image of the backups', () => {
  it('has of scripts what its programs load, and nothing besides', () => {
    const all = globSync(['scripts/**/*.ts', 'backend/src/**/*.ts', 'contracts/src/**/*.ts'], { cwd: ROOT })
    const programs = all.filter((file) =>
      /^scripts\/backup\/(main|service|point-in-time|tenant|new-key|drill|point-drill)\.ts$/.test(file),
    )
    const reached = [...loaded(programs, all)].filter((file) => file.startsWith('scripts/'))
    const text =
      readFileSync(path.join(ROOT, 'deploy/backup/Dockerfile'), 'utf8')
        .split(/^FROM /m)
        .at(-1) ?? ''
    const copied = [...text.matchAll(/\bscripts\/[\w-]+\.ts(?= )/g)].map(([file]) => file)
    expect(programs).toHaveLength(7)
    expect(reached.filter((file) => !file.startsWith('scripts/backup/')).sort()).toEqual(copied)
  })
})
