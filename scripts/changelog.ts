// The text of CHANGELOG.md, and which version comes next. Pure; scripts/release.ts runs git.

export interface Commit {
  subject: string
  body: string
}

export const LEVELS = ['major', 'minor', 'patch'] as const
export type Level = (typeof LEVELS)[number]

const FIX = /^(Fix|Correct|Repair)\b/
const BREAKING = /^BREAKING CHANGE: (.+)$/m
const UNRELEASED = '## Unreleased'

/**
 * What the commits come to: a body that says `BREAKING CHANGE: …` is a major step (before 1.0.0 a minor one), only
 * corrections are a patch, all else is a minor step.
 */
export function levelOf(commits: readonly Commit[], current: string): Level {
  if (commits.some(({ body }) => BREAKING.test(body))) return current.startsWith('0.') ? 'minor' : 'major'
  return commits.every(({ subject }) => FIX.test(subject)) ? 'patch' : 'minor'
}

/** @throws Error when `current` is no version of three numbers */
export function nextVersion(current: string, level: Level): string {
  const [, major = '', minor = '', patch = ''] = /^(\d+)\.(\d+)\.(\d+)$/.exec(current) ?? []
  if (major === '') throw new Error(`"${current}" is no version such as 1.2.3.`)
  if (level === 'major') return `${Number(major) + 1}.0.0`
  if (level === 'minor') return `${major}.${Number(minor) + 1}.0`
  return `${major}.${minor}.${Number(patch) + 1}`
}

/**
 * Turns what stands under "Unreleased", written by people, and the commits into the entry of a version.
 * @param day as 2026-11-26
 * @throws Error when the text has no heading "Unreleased"
 */
export function withRelease(text: string, version: string, day: string, commits: readonly Commit[]): string {
  const at = text.indexOf(UNRELEASED)
  if (at === -1) throw new Error(`CHANGELOG.md has no heading "${UNRELEASED}".`)
  const after = text.slice(at + UNRELEASED.length)
  const next = after.search(/^## /m)
  const written = (next === -1 ? after : after.slice(0, next)).trim()
  const older = next === -1 ? '' : after.slice(next).trim()
  const entry = [`## ${version} (${day})`, written, ...sections(commits)].filter((part) => part !== '')
  const parts = [text.slice(0, at).trim(), UNRELEASED, ...entry, older].filter((part) => part !== '')
  return `${parts.join('\n\n')}\n`
}

function sections(commits: readonly Commit[]): string[] {
  const breaking = commits.flatMap(({ body }) => BREAKING.exec(body)?.[1] ?? [])
  const subjects = commits.map(({ subject }) => subject)
  return [
    list('Breaking', breaking),
    list(
      'Changes',
      subjects.filter((subject) => !FIX.test(subject)),
    ),
    list(
      'Fixes',
      subjects.filter((subject) => FIX.test(subject)),
    ),
  ]
}

function list(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `### ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}`
}
