/** deploy/release over doubles of ssh, docker, kubectl and make: what is done where, in which order, and what undoes it. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blocksFor, commands } from './docs/markdown.ts'
import { processEnvironment, ROOT } from './env-file.ts'

let folder: string
let host: string
let head: string

const DOUBLES: Record<string, string> = {
  // Commands of the other machine run here, with the same doubles.
  ssh: '[ -z "$UNREACHABLE" ] || exit 255; echo "ssh $3" >> "$LOG"; exec bash -c "$4"',
  // Versions that no registry gives, and those that the machine has not.
  docker:
    'echo "docker $*" >> "$LOG"; version=${!#}; version=${version##*:}; case "$*" in pull*) [[ " $UNPULLED " != *" $version "* ]];; "image inspect"*) [[ " $ABSENT " != *" $version "* ]];; esac',
  make: 'echo "make $* ($CHRONOS_VERSION)" >> "$LOG"; case "$*" in *smoke*) [[ " $FAILS " != *" $(cat "$HOST/.now") "* ]];; *prod-*) echo "$CHRONOS_VERSION" > "$HOST/.now"; [[ " $BREAKS " != *" $CHRONOS_VERSION "* ]];; esac',
  kubectl: [
    'echo "kubectl $*" >> "$LOG"; case "$*" in',
    '"apply -k"*) cat "$3/all.yaml" >> "$LOG";; *"apply -k"*) cat "$5/all.yaml" >> "$LOG";;',
    String.raw`*kubernetes/migrate) printf '%s\n' 'kind: migrate' '      - image: chronos-backend';; kustomize*) printf '%s\n' "kind: $(basename "$2")" '      - image: registry.example:5000/a/chronos-backend' '        image: registry.example:5000/chronos-frontend:latest' '        image: "registry.example/chronos-backup@sha256:00"' '        image: redis:7';;`,
    '*"get job migrate"*) echo "$MIGRATED";; *"get deployments"*) echo deployment.apps/api;;',
    '*"get cronjobs"*) echo "backup backup=ghcr.io/somebody/chronos-backup:1.1.0";;',
    '*"rollout status"*) [ -z "$STUCK" ];; esac',
  ].join('\n'),
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'chronos-release-'))
  host = path.join(folder, 'a host')
  mkdirSync(path.join(folder, 'bin'))
  mkdirSync(host)
  writeFileSync(path.join(host, '.env.production'), '')
  writeFileSync(path.join(host, '.now'), '1.1.0')
  for (const [name, body] of Object.entries(DOUBLES)) {
    const file = path.join(folder, 'bin', name)
    writeFileSync(file, `#!/usr/bin/env bash\n${body}\n`)
    chmodSync(file, 0o755)
  }
  head = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).stdout.trim()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const release = (args: string[], env: Record<string, string> = {}) =>
  over(path.join(ROOT, 'deploy', 'release'), args, env)

/** A program over the doubles, and what they were asked to do. */
function over(program: string, args: string[], env: Record<string, string> = {}) {
  const log = path.join(folder, 'log')
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...processEnvironment(),
      PATH: `${path.join(folder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      LOG: log,
      HOST: host,
      FAILS: '',
      BREAKS: '',
      STUCK: '',
      MIGRATED: 'SuccessCriteriaMet Complete',
      UNREACHABLE: '',
      UNPULLED: '',
      ABSENT: '',
      VERSION: '1.2.0',
      URL: 'https://money.example',
      REGISTRY: 'ghcr.io/somebody',
      ...env,
    },
  })
  const done = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []
  return { status, output: stdout + stderr, done }
}
const made = (done: string[]): string[] => done.filter((line) => line.startsWith('make '))
const smoked = (commit: string): string =>
  `make --no-print-directory -C ${ROOT} smoke URL=https://money.example COMMIT=${commit} VERSION= ()`

describe('docs/ci.md', () => {
  const typed = blocksFor(ROOT, 'docs/ci.md', 'scripts/deploy-release.test.ts')
    .flatMap(commands)
    .filter((command) => command.startsWith('make deploy '))
  const make = spawnSync('which', ['make'], { encoding: 'utf8' }).stdout.trim()
  /** Beneath it make's double is what the script finds. */
  const type = (command: string) =>
    over('bash', ['-c', command.replace(/^make/, make)], { VERSION: '', URL: '', REGISTRY: '' })

  it('names a release to a machine, which goes there', () => {
    symlinkSync(host, path.join(folder, 'there'))
    const command = typed.find((each) => each.includes('compose')) ?? ''
    const { status, output, done } = type(command.replace('/srv/chronos', path.join(folder, 'there')))
    expect([status, output]).toEqual([0, expect.stringContaining('Released 1.2.0 on deploy@money.example.')])
    expect(done).toContain('ssh deploy@money.example')
    expect(made(done)).toEqual(['make build-prod (1.2.0)', 'make prod-up (1.2.0)', smoked(head)])
  })

  it('names a release to a cluster, which applies the overlay', () => {
    const { status, output, done } = type(typed.find((each) => each.includes('kubernetes')) ?? '')
    expect([status, output]).toEqual([0, expect.stringContaining('Released 1.2.0 in chronos.')])
    expect(done).toContain('kind: production')
  })
})

describe('deploy/release compose', () => {
  const run = (env: Record<string, string> = {}) => release(['compose', 'deploy@host', host], env)

  it('pulls, rolls, looks, and writes down what runs', () => {
    writeFileSync(path.join(host, '.release'), `1.1.0 ${head}\n`)
    const { status, done } = run()
    expect(status).toBe(0)
    expect(done).toContain('docker pull -q ghcr.io/somebody/chronos-backend:1.2.0')
    expect(done).toContain('docker tag ghcr.io/somebody/chronos-backend:1.2.0 chronos-backend:1.2.0')
    expect(done).toContain('docker pull -q ghcr.io/somebody/chronos-backup:1.2.0')
    expect(made(done)).toEqual(['make prod-update (1.2.0)', smoked(head)])
    expect(readFileSync(path.join(host, '.release'), 'utf8')).toBe(`1.2.0 ${head}\n`)
    expect(readFileSync(path.join(host, 'Makefile'), 'utf8')).toContain('prod-update')
  })

  it('starts what was never there, and builds where there is no registry', () => {
    const { status, done } = run({ REGISTRY: '' })
    expect(status).toBe(0)
    expect(made(done)).toEqual(['make build-prod (1.2.0)', 'make prod-up (1.2.0)', smoked(head)])
  })

  it.each([
    ['the smoke test fails', { FAILS: '1.2.0' }],
    ['it does not even come up', { BREAKS: '1.2.0' }],
  ])('puts the version before back when %s', (_what, env) => {
    writeFileSync(path.join(host, '.release'), `1.1.0 ${head}\n`)
    const { status, output, done } = run(env)
    expect(status).toBe(1)
    expect(output).toContain('1.2.0 was not released; 1.1.0 runs again.')
    expect(made(done).slice(-2)).toEqual(['make prod-update (1.1.0)', smoked(head)])
    expect(readFileSync(path.join(host, '.release'), 'utf8')).toBe(`1.1.0 ${head}\n`)
  })

  it.each([
    ['the registry does not have it', { UNPULLED: '1.2.0', ABSENT: '1.2.0' }],
    ['the registry has nothing more', { UNPULLED: '1.2.0 1.1.0', ABSENT: '1.2.0' }],
  ])('starts nothing of the version, and goes back, where %s', (_what, env) => {
    writeFileSync(path.join(host, '.release'), `1.1.0 ${head}\n`)
    const { status, output, done } = run(env)
    expect([status, output]).toEqual([1, expect.stringContaining('1.1.0 runs again')])
    expect(made(done)).toEqual(['make prod-update (1.1.0)', smoked(head)])
  })

  it('says that the machine cannot be reached, and does not take it for one without settings', () => {
    const { status, output, done } = run({ UNREACHABLE: '1' })
    expect([status, done]).toEqual([1, []])
    expect(output).toContain('deploy@host cannot be reached')
    expect(output).not.toContain('.env.production')
  })

  it('says so when nothing works any more, and when there is nothing before', () => {
    expect(run({ FAILS: '1.2.0' }).output).toContain('nothing before it to go back to')
    writeFileSync(path.join(host, '.release'), `1.1.0 ${head}\n`)
    for (const env of [{ FAILS: '1.2.0 1.1.0' }, { BREAKS: '1.2.0 1.1.0' }]) {
      const { status, output } = run(env)
      expect([status, output]).toEqual([1, expect.stringContaining('1.1.0 does not work either')])
    }
  })

  it.each([
    [{ VERSION: '1.2; rm -rf /' }, 'VERSION is the tag'],
    [{ URL: 'money.example' }, 'URL is where people'],
    [{ COMMIT: '$(id)' }, 'COMMIT is no commit'],
  ])('does nothing with %o', (env, message) => {
    const { status, output, done } = run(env)
    expect(status).not.toBe(0)
    expect(output).toContain(message)
    expect(done).toEqual([])
  })

  it('does nothing to a machine that has no settings', () => {
    rmSync(path.join(host, '.env.production'))
    const { status, output, done } = run()
    expect([status, output]).toEqual([
      1,
      expect.stringContaining('.env.production is missing on deploy@host'),
    ])
    expect(made(done)).toEqual([])
  })
})

describe('deploy/release kubernetes', () => {
  const run = (env: Record<string, string> = {}) => {
    const overlay = path.join(folder, 'overlays', 'staging')
    mkdirSync(overlay, { recursive: true })
    return release(['kubernetes', overlay, 'money'], env)
  }

  it('migrates, applies the overlay with the images of the version, waits, and looks', () => {
    const { status, output, done } = run()
    expect([output, status]).toEqual(['Released 1.2.0 in money.\n', 0])
    const orders = done.filter((line) => /^kubectl .*(apply|rollout)/.test(line))
    expect(orders.map((line) => line.replace(/ -k .*\//, ' '))).toEqual([
      'kubectl -n money apply migrate',
      'kubectl apply overlay',
      'kubectl -n money rollout status --timeout=300s deployment.apps/api',
    ])
    expect(done.at(-1)).toBe(smoked(head))
    expect(readdirSync(path.join(folder, 'overlays'))).toEqual(['staging'])
  })

  it.each([
    [
      'of the registry',
      { REGISTRY: 'ghcr.io/somebody' },
      ['ghcr.io/somebody/', 'ghcr.io/somebody/', 'ghcr.io/somebody/'],
    ],
    [
      'of where the overlay has them',
      { REGISTRY: '' },
      ['registry.example:5000/a/', 'registry.example:5000/', 'registry.example/'],
    ],
  ])('puts the version in the place of every image, whatever its name there: %s', (_what, env, places) => {
    const { done } = run(env)
    const applied = done.slice(done.findIndex((line) => line.startsWith('kubectl apply')) + 1)
    // The migration has no overlay of its own.
    const migration = done.slice(done.findIndex((line) => line.startsWith('kubectl -n money apply')) + 1)
    expect(migration[1]).toBe(`      - image: ${places[0]}chronos-backend:1.2.0`)
    expect(applied.slice(0, 5)).toEqual([
      'kind: staging',
      `      - image: ${places[0]}chronos-backend:1.2.0`,
      `        image: ${places[1]}chronos-frontend:1.2.0`,
      `        image: ${places[2]}chronos-backup:1.2.0`,
      '        image: redis:7',
    ])
  })

  it('changes nothing when the migration fails', () => {
    const { status, output, done } = run({ MIGRATED: 'FailureTarget Failed' })
    expect([status, output]).toEqual([1, expect.stringContaining('the version before goes on')])
    expect(done.filter((line) => line.startsWith('kubectl apply'))).toEqual([])
  })

  it('rolls every deployment back when the smoke test fails, and what runs at night', () => {
    const { status, output, done } = run({ FAILS: '1.1.0' })
    expect([status, output]).toEqual([1, expect.stringContaining('the version before runs again')])
    expect(done).toContain('kubectl -n money rollout undo deployment.apps/api')
    expect(done).toContain(
      'kubectl -n money set image cronjob/backup backup=ghcr.io/somebody/chronos-backup:1.1.0',
    )
  })
})
