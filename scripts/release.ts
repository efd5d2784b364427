// `make release`: the next version, with its entry in CHANGELOG.md, as one commit and an annotated tag. Nothing is
// pushed. LEVEL=major|minor|patch or VERSION=1.2.3 choose; otherwise the commits since the last tag do. The first
// release is the version that package.json has.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { LEVELS, levelOf, nextVersion, withRelease } from './changelog.ts'
import type { Commit, Level } from './changelog.ts'
import { ROOT } from './env-file.ts'

class UsageError extends Error {}

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new UsageError(`git ${args.join(' ')}: ${stderr.trim()}`)
  return stdout.trim()
}

const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+$/.test(text)
const tagsNow = (): string[] => git('tag', '--list', 'v*').split('\n')

/** The last release that this commit has behind it. */
function lastTag(): string | undefined {
  const tags = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-v:refname').split('\n')
  return tags.find((tag) => isVersion(tag.slice(1)))
}

function commitsSince(tag: string): Commit[] {
  return git('log', '--reverse', '--no-merges', '--format=%s%x1f%b%x1e', `${tag}..HEAD`)
    .split('\u001E')
    .map((record) => record.trim())
    .filter((record) => record !== '')
    .map((record) => {
      const [subject = '', body = ''] = record.split('\u001F')
      return { subject, body }
    })
}

interface Wish {
  /** null: the commits say. */
  level: Level | null
  /** Empty: what follows from the level. */
  version: string
}

/** @throws UsageError for a wish that is none, whatever there is to release */
function wishOf(level: string, version: string): Wish {
  if (version !== '' && !isVersion(version))
    throw new UsageError(`VERSION is three numbers, as 1.2.3; not "${version}".`)
  if (level === '') return { level: null, version }
  const known = LEVELS.find((each): each is Level => each === level)
  if (known === undefined) throw new UsageError(`LEVEL is ${LEVELS.join(', ')}; not "${level}".`)
  return { level: known, version }
}

function chooseVersion(current: string, tag: string | undefined, commits: Commit[], wish: Wish): string {
  if (wish.version !== '') return wish.version
  if (tag === undefined) return current
  return nextVersion(current, wish.level ?? levelOf(commits, current))
}

/** The same text with another version; everything else of it stays, also its form. */
function setVersion(file: string, from: string, to: string, times: number): void {
  const whole = path.join(ROOT, file)
  let left = times
  const text = readFileSync(whole, 'utf8').replaceAll(
    /^( *"version": )"([^"]+)"/gm,
    (line, key: string, found) => {
      if (left === 0 || found !== from) return line
      left -= 1
      return `${key}"${to}"`
    },
  )
  if (left !== 0) throw new UsageError(`${file} does not have version ${from} where it is expected.`)
  writeFileSync(whole, text)
}

function release(wish: Wish): void {
  if (git('status', '--porcelain') !== '')
    throw new UsageError('There are changes that are not committed: git status')
  const current = (JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string })
    .version
  const tag = lastTag()
  const commits = tag === undefined ? [] : commitsSince(tag)
  if (tag !== undefined && commits.length === 0) throw new UsageError(`Nothing has changed since ${tag}.`)
  const version = chooseVersion(current, tag, commits, wish)
  if (tagsNow().includes(`v${version}`)) throw new UsageError(`There is a v${version} already.`)
  const log = path.join(ROOT, 'CHANGELOG.md')
  const day = new Date().toISOString().slice(0, 10)
  const text = withRelease(readFileSync(log, 'utf8'), version, day, commits)
  if (version !== current) {
    setVersion('package.json', current, version, 1)
    // The lock file says it of itself and of its root.
    setVersion('package-lock.json', current, version, 2)
  }
  writeFileSync(log, text)
  git(
    'commit',
    '--quiet',
    '--message',
    `Release ${version}`,
    '--',
    'package.json',
    'package-lock.json',
    'CHANGELOG.md',
  )
  git('tag', '--annotate', `v${version}`, '--message', `CHRONOS ${version}`)
  console.log(`Released ${version}: commit and tag v${version} are here. To publish: git push --follow-tags`)
}

try {
  release(wishOf(process.argv[2] ?? '', process.argv[3] ?? ''))
} catch (error) {
  if (!(error instanceof Error)) throw error
  console.error(error.message)
  process.exitCode = 1
}
