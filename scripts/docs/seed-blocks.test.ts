/** The seed's commands: each is a target, typed in a mode or exempt with a reason, and the documents say what types them. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../env-file.ts'
import { dockerTargets, makeTargets } from './make-targets.ts'
import { asTyped, SEED_BLOCKS, targetOf } from './seed-blocks.ts'
import type { Mode } from './seed-blocks.ts'

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
const MAKEFILE = read('Makefile')
const COMMANDS = SEED_BLOCKS.flatMap((block) => block.commands)
const typed = (mode: Mode): string[] =>
  SEED_BLOCKS.filter(({ exempt }) => exempt?.[mode] === undefined).flatMap((block) => block.commands)

describe('commands of the seed', () => {
  it('name targets of the Makefile', () => {
    const named = COMMANDS.map(targetOf).filter((target) => target !== undefined)
    const targets = makeTargets(MAKEFILE)
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter((target) => !targets.has(target))).toEqual([])
    // Whatever begins with make is understood as a target.
    expect(
      COMMANDS.filter((command) => command.startsWith('make ') && targetOf(command) === undefined),
    ).toEqual([])
  })

  it('get MODE=docker where their target knows it, and nowhere else', () => {
    expect(dockerTargets(MAKEFILE).size).toBeGreaterThan(20)
    expect(asTyped('make health', 'docker', MAKEFILE)).toBe('make health MODE=docker')
    expect(asTyped('make dev', 'docker', MAKEFILE)).toBe('make dev MODE=docker')
    expect(asTyped('make setup-docker', 'docker', MAKEFILE)).toBe('make setup-docker')
    expect(asTyped('make health', 'embedded', MAKEFILE)).toBe('make health')
    expect(asTyped('docker-compose ps redis', 'docker', MAKEFILE)).toBe('docker-compose ps redis')
  })

  it('are typed in one mode at least, but for the suites, the audit and production', () => {
    const somewhere = new Set([...typed('embedded'), ...typed('docker')])
    expect(COMMANDS.filter((command) => !somewhere.has(command))).toEqual([
      'make build-prod',
      'make prod-up',
      'make security-audit',
      'make test',
      'make test-backend',
      'make test-frontend',
      'make test-e2e',
      'make test-coverage',
    ])
  })

  it('that are exempt everywhere are run by a job of the workflow, or tried on a running production', () => {
    const workflow = read('.github/workflows/ci.yml')
    for (const target of ['security-audit', 'test-coverage'])
      expect(workflow).toMatch(new RegExp(`run: make ${target}$`, 'm'))
    const suites = /suite: \[(.+)\]/.exec(workflow)?.[1]?.split(', ')
    expect(suites).toEqual(expect.arrayContaining(['backend', 'frontend', 'e2e']))
    expect(read('docs/deployment.md')).toContain('`make test-deploy`')
  })

  it('are named where the documents tell of test-docs and test-compose', () => {
    const row = (file: string, target: string): string | undefined =>
      read(file)
        .split('\n')
        .find((line) => line.startsWith('|') && line.includes(`\`make ${target}\` `))
    expect(row('docs/contributing.md', 'test-docs')).toContain('ONLY=seed')
    expect(row('docs/deployment.md', 'test-compose')).toContain('seed-blocks.ts')
    expect(MAKEFILE).toContain('scripts/docs/run.ts seed docker')
  })
})
