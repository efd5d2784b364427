// `make security-audit`: known weaknesses of what is shipped, secrets in tracked files, licences of what is shipped.
// Ends with 1 where something was found, and with 2 where nothing was found but a part could not be looked at.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './env-file.ts'
import { licenceProblems, type Lock } from './licences.ts'

/** `problems` is null where the part could not be looked at; `note` says why. */
export interface Part {
  name: string
  problems: string[] | null
  note: string
}

/** What npm says of weaknesses in the shipped packages. A registry without that service answers with an error. */
export function dependencyPart(report: string): Part {
  const name = 'dependencies'
  let value: unknown
  try {
    value = JSON.parse(report)
  } catch {
    return { name, problems: null, note: 'npm audit gave no report' }
  }
  const { vulnerabilities, error, message } = value as {
    vulnerabilities?: Record<string, { severity: string; range: string }>
    error?: { summary?: string }
    message?: string
  }
  if (vulnerabilities === undefined) {
    // The address of the registry is the machine's own business.
    const why = (message || error?.summary || 'no reason given').split(/ - |\n/)[0] ?? ''
    return { name, problems: null, note: `the registry could not be asked (${why})` }
  }
  const problems = Object.entries(vulnerabilities).map(
    ([packageName, { severity, range }]) => `${packageName} ${range}: ${severity}`,
  )
  return { name, problems, note: 'known weaknesses of what is shipped (npm audit --omit=dev)' }
}

/** @param files relative to `root`; binary ones are passed over by the scanner */
export function secretPart(files: readonly string[], root = ROOT): Part {
  const name = 'secrets'
  const args = [
    path.join(ROOT, 'node_modules', 'secretlint', 'bin', 'secretlint.js'),
    ...['--secretlintrc', path.join(ROOT, '.secretlintrc.json'), '--format', 'json', '--no-glob'],
    ...files,
  ]
  const { stdout, status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0 && status !== 1)
    return { name, problems: null, note: `secretlint failed: ${stderr.trim()}` }
  const report = JSON.parse(stdout) as {
    filePath: string
    messages: { ruleId: string; loc: { start: { line: number } } }[]
  }[]
  const problems = report.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ ruleId, loc }) =>
        `${path.relative(root, filePath)}:${loc.start.line} ${ruleId.replace('@secretlint/secretlint-rule-', '')}`,
    ),
  )
  return { name, problems, note: `${files.length} tracked files` }
}

export function licencePart(lock: Lock): Part {
  const { problems, count } = licenceProblems(lock)
  return { name: 'licences', problems, note: `${count} shipped packages` }
}

/** Lines to print, and the exit code. */
export function verdict(parts: readonly Part[]): { lines: string[]; exitCode: number } {
  const lines = parts.flatMap(({ name, problems, note }) => {
    const state =
      problems === null ? 'NOT CHECKED' : problems.length === 0 ? 'ok' : `${problems.length} FOUND`
    return [`${name.padEnd(13)}${state}: ${note}`, ...(problems ?? []).map((line) => `  ${line}`)]
  })
  const found = parts.some(({ problems }) => problems !== null && problems.length > 0)
  const unchecked = parts.some(({ problems }) => problems === null)
  return { lines, exitCode: found ? 1 : unchecked ? 2 : 0 }
}

function main(): number {
  const audit = spawnSync('npm', ['audit', '--omit=dev', '--json'], { cwd: ROOT, encoding: 'utf8' })
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  const files = tracked.split('\0').filter((file) => file !== '' && file !== 'package-lock.json')
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as Lock
  const { lines, exitCode } = verdict([dependencyPart(audit.stdout), secretPart(files), licencePart(lock)])
  console.log(lines.join('\n'))
  return exitCode
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main()
