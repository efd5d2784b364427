/** Each block of commands that README and docs show is typed: by test-docs, or by what its mark names. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../env-file.ts'
import { codeBlocks, documents } from './markdown.ts'
import { blockProblems, targetsOf } from './shell-blocks.ts'

const MAKEFILE = readFileSync(path.join(ROOT, 'Makefile'), 'utf8')
const FILES = documents(ROOT)
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')

describe('blocks of commands', () => {
  it('are found', () => {
    const marks = FILES.flatMap((file) => codeBlocks(read(file)).map(({ info }) => info))
    expect(marks.filter((info) => info.startsWith('bash run')).length).toBeGreaterThan(8)
    expect(marks.filter((info) => info.startsWith('bash by=')).length).toBeGreaterThan(8)
  })

  it.each(FILES)('of %s are typed by something that does what they say', (file) => {
    expect(blockProblems(ROOT, file, read(file), MAKEFILE)).toEqual([])
  })
})

describe('the check', () => {
  const block = (info: string, ...lines: string[]): string => `\`\`\`${info}\n${lines.join('\n')}\n\`\`\`\n`
  const found = (text: string): string[] => blockProblems(ROOT, 'docs/some.md', text, MAKEFILE)

  it('takes what is typed, and what somebody exercises', () => {
    expect(found(block('bash run', 'make lint'))).toEqual([])
    expect(
      found(block('bash by=.github/workflows/containers.yml', 'make build-prod prod-up # both')),
    ).toEqual([])
    expect(found(block('', 'backend/   the server'))).toEqual([])
  })

  it.each([
    ['a block without a mark', block('bash', 'make lint'), /says of no one who types it: make lint/],
    ['commands in a block of no language', block('', 'make lint'), /nobody types make lint/],
    ['a target that is none', block('bash by=test-nothing', 'make lint'), /there is no test-nothing/],
    [
      'a file that is none',
      block('bash by=scripts/no.test.ts', 'make lint'),
      /there is no scripts\/no\.test\.ts/,
    ],
    [
      'one that does not do it',
      block('bash by=test-roll', 'make db-studio'),
      /test-roll does not do make db-studio/,
    ],
    [
      'one that does a part of it',
      block('bash by=.github/workflows/containers.yml', 'make prod-up db-studio'),
      /does not do make prod-up db-studio/,
    ],
    [
      'a profile that it does not start',
      block('bash by=.github/workflows/containers.yml', 'COMPOSE_PROFILES=nothing make prod-up'),
      /does not do COMPOSE_PROFILES=nothing make prod-up/,
    ],
    [
      'what is no make, unless the document is read',
      block('bash by=test-deploy', 'ssh me'),
      /does not do ssh me/,
    ],
    ['a name in a comment alone', block('bash by=test-roll', 'make test-roll'), /does not do make test-roll/],
  ])('finds %s', (_what, text, problem) => {
    expect(found(text).join('\n')).toMatch(problem)
  })

  it('reads targets out of a command', () => {
    expect(targetsOf('COMPOSE_PROFILES=citus A=b make build-prod prod-up')).toEqual(['build-prod', 'prod-up'])
    expect(targetsOf('make deploy TO="compose here" URL=x')).toEqual(['deploy'])
    expect(targetsOf('kubectl apply')).toEqual([])
  })
})
