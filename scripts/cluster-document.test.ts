/** What docs/scaling.md types at a cluster fits the manifests: kubectl is not at hand everywhere, and a cluster nowhere. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { blocksFor, commands } from './docs/markdown.ts'
import { ROOT } from './env-file.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- manifests are looked into as what they are
type Manifest = any

const KUBERNETES = path.join(ROOT, 'deploy', 'kubernetes')
const documents: Manifest[] = globSync('{base,migrate}/*.yaml', { cwd: KUBERNETES }).flatMap((file) =>
  parseAllDocuments(readFileSync(path.join(KUBERNETES, file), 'utf8')).map((each) => each.toJS()),
)
const namesOf = (kind: string): string[] =>
  documents.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name)
const typed = blocksFor(ROOT, 'docs/scaling.md', 'scripts/cluster-document.test.ts').flatMap(commands)
const [install = [], nightly = []] = blocksFor(
  ROOT,
  'docs/scaling.md',
  'scripts/cluster-document.test.ts',
).map(commands)

/** What is found by a pattern in commands, its groups joined. */
const found = (pattern: RegExp): string[] =>
  typed.flatMap((command) => [...command.matchAll(pattern)].map((match) => match.slice(1).join(' ')))

/** Names at any depth, as `secretName: x` and `secret: { name: x }` have them. */
function namesUnder(key: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, each]: [string, Manifest]) => [
    ...(name === `${key}Name` ? [String(each)] : []),
    ...(name === key && typeof each?.name === 'string' ? [each.name as string] : []),
    ...namesUnder(key, each),
  ])
}

describe('docs/scaling.md at a cluster', () => {
  it('makes every secret and config map that pods mount, before anything is applied, and no other', () => {
    const workloads = documents.filter(({ kind }) => /^(Deployment|CronJob|Job)$/.test(kind))
    const secrets = new Set(workloads.flatMap((each) => namesUnder('secret', each)))
    const made = found(/create secret generic (\S+)/g)
    expect(made.toSorted()).toEqual([...secrets].toSorted())
    const maps = new Set(workloads.flatMap((each) => namesUnder('configMap', each)))
    expect(found(/create configmap (\S+)/g)).toEqual([...maps])
    expect(install.findLastIndex((command) => / create /.test(command))).toBeLessThan(
      install.findIndex((command) => / (apply|delete) /.test(command)),
    )
  })

  it('gives each secret the files that prepare-secrets writes for its reader', () => {
    const source = readFileSync(path.join(ROOT, 'backend/src/deployment-secrets.ts'), 'utf8')
    const readers = found(/create secret generic chronos-(\S+) --from-file=secrets\/(\S+)/g)
    expect(readers).toHaveLength(5)
    for (const pair of readers) {
      const [secret = '', reader = ''] = pair.split(' ')
      expect([pair, source.includes(`${reader}:`)]).toEqual([pair, true])
      expect(secret === 'optional' ? 'app' : secret).toBe(reader)
    }
  })

  it('names jobs that are there, and awaits the migration before the rest is applied', () => {
    const names = new Set([...namesOf('Job'), ...found(/create job (\S+)/g)])
    expect(found(/(?:delete job |(?<!cron)job\/)([a-z-]+)/g).filter((name) => !names.has(name))).toEqual([])
    expect(found(/--from=cronjob\/(\S+)/g).filter((name) => !namesOf('CronJob').includes(name))).toEqual([])
    const steps = [
      /delete job migrate/,
      /apply -k \S+\/migrate$/,
      /wait .*job\/migrate/,
      /apply -k \S+overlays\//,
    ]
    const places = steps.map((step) => install.findIndex((command) => step.test(command)))
    expect(places).toEqual([...places].toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
  })

  it('applies folders that are kustomizations', () => {
    const folders = found(/apply -k (\S+)/g)
    expect(folders.length).toBeGreaterThan(1)
    for (const folder of folders)
      expect([folder, existsSync(path.join(ROOT, folder, 'kustomization.yaml'))]).toEqual([folder, true])
  })

  it('verifies a backup with the manifest of the nightly one, whose last word it changes', () => {
    const [edit = ''] = found(/\| sed '([^']+)'/g)
    const job = documents.find(({ kind, metadata }) => kind === 'CronJob' && metadata.name === 'backup')
    const printed = stringify(job)
    const { stdout } = spawnSync('sed', [edit], { input: printed, encoding: 'utf8' })
    const changed = stdout.split('\n').filter((line, index) => line !== printed.split('\n')[index])
    expect(changed.map((line) => line.trim())).toEqual(['- verify'])
    const program = readFileSync(path.join(ROOT, 'scripts/backup/main.ts'), 'utf8')
    expect(program).toMatch(/\bverify\b/)
    expect(nightly.at(-1)).toContain('job/verify')
  })
})
