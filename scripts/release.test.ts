/** `make release` in a repository of its own. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processEnvironment } from './env-file.ts'
import { scratchCheckout, type ScratchCheckout } from './scratch-checkout.ts'

let checkout: ScratchCheckout
const who = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@example.com',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null',
}

function run(program: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: checkout.folder,
    encoding: 'utf8',
    env: { ...processEnvironment(), ...who },
  })
  return { status, output: `${stdout}${stderr}`.trim() }
}
const git = (...args: string[]): string => run('git', ...args).output
const release = (level = '', version = ''): { status: number | null; output: string } =>
  run(process.execPath, 'scripts/release.ts', level, version)
const read = (file: string): string => readFileSync(path.join(checkout.folder, file), 'utf8')
const versions = (): string[] => {
  const lock = JSON.parse(read('package-lock.json')) as {
    version: string
    packages: { '': { version: string } }
  }
  return [
    (JSON.parse(read('package.json')) as { version: string }).version,
    lock.version,
    lock.packages[''].version,
  ]
}

beforeAll(() => {
  checkout = scratchCheckout({ withPackages: false })
  git('init', '--quiet', '--initial-branch', 'main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Begin')
})
afterAll(() => checkout.remove())

describe('make release', () => {
  it('refuses while something is not committed, and changes nothing', () => {
    writeFileSync(path.join(checkout.folder, 'note.txt'), 'x')
    const before = git('rev-parse', 'HEAD')
    expect(release()).toEqual({ status: 1, output: 'There are changes that are not committed: git status' })
    expect([git('rev-parse', 'HEAD'), git('tag')]).toEqual([before, ''])
    git('clean', '--force', '--quiet')
  })

  it('begins with the version that package.json has', () => {
    const [first] = versions()
    expect(release().output).toContain(`Released ${first}`)
    expect(git('tag')).toBe(`v${first}`)
    expect(git('cat-file', '-t', `v${first}`)).toBe('tag')
    expect(git('status', '--porcelain')).toBe('')
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(`^## Unreleased\\n\\n## ${first} \\(\\d{4}-\\d\\d-\\d\\d\\)$`, 'm'),
    )
  })

  it('refuses when nothing has changed since', () => {
    // The commit of the release itself carries the tag.
    expect(release()).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^Nothing has changed since v/),
    })
  })

  it('takes the step that the commits are, and writes them down', () => {
    const [before = ''] = versions()
    git('commit', '--quiet', '--allow-empty', '--message', 'Fix a total')
    git('commit', '--quiet', '--allow-empty', '--message', 'Open a page\n\nBecause people asked.')
    expect(release().status).toBe(0)
    const [major, minor] = before.split('.').map(Number)
    const next = `${major}.${(minor ?? 0) + 1}.0`
    expect(versions()).toEqual([next, next, next])
    expect(read('CHANGELOG.md')).toContain('### Changes\n\n- Open a page\n\n### Fixes\n\n- Fix a total\n')
    expect(git('log', '-1', '--format=%s')).toBe(`Release ${next}`)
    expect(git('rev-list', '-1', `v${next}`)).toBe(git('rev-parse', 'HEAD'))
  })

  it('does as it is told, and says what it does not understand', () => {
    git('commit', '--quiet', '--allow-empty', '--message', 'Open another page')
    expect(release('huge').output).toBe('LEVEL is major, minor, patch; not "huge".')
    expect(release('', '2').output).toMatch(/^VERSION is three numbers/)
    expect(release('', versions()[0]).output).toMatch(/^There is a v.* already\.$/)
    expect(release('', '7.0.0').status).toBe(0)
    expect(versions()).toEqual(['7.0.0', '7.0.0', '7.0.0'])
  })
})
