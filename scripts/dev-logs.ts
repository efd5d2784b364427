// `make logs`, `logs-backend`, `logs-frontend`: the last LINES of each log file of `make dev`, then what comes, until
// Ctrl-C. FOLLOW=0 ends after the last lines. What a log that began anew held before is gone with it.
import { existsSync, readdirSync, readFileSync, statSync, watch } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ROOT } from './env-file.ts'
import { readableLine } from './log-lines.ts'

const FOLDER = path.join(ROOT, '.data', 'logs')

/** Which files each target shows; null for all. */
const GROUPS: Record<string, readonly string[] | null> = {
  all: null,
  backend: ['api', 'migrate', 'seed'],
  frontend: ['web'],
}

/** The parts of a group that have written something, by name. */
export function partsWithLogs(folder: string, group: string): string[] {
  const wanted = GROUPS[group]
  if (wanted === undefined)
    throw new Error(`There are no logs "${group}", only of ${Object.keys(GROUPS).join(', ')}.`)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map((file) => file.slice(0, -'.log'.length))
    .filter((part) => wanted === null || wanted.includes(part))
    .sort()
}

/** The last `count` lines of a part, readable, with its name before each. */
export function lastLines(folder: string, part: string, count: number): string[] {
  const lines = readFileSync(path.join(folder, `${part}.log`), 'utf8')
    .trimEnd()
    .split('\n')
  return count === 0 ? [] : lines.slice(-count).map((line) => named(part, line))
}

function named(part: string, line: string): string {
  return `${part.padEnd(9)} | ${readableLine(line)}`
}

/** Prints what is added to the files from now on. */
function follow(folder: string, parts: string[]): void {
  const read = new Map(parts.map((part) => [part, statSync(path.join(folder, `${part}.log`)).size]))
  watch(folder, (_event, file) => {
    const part = file?.endsWith('.log') ? file.slice(0, -'.log'.length) : ''
    const before = read.get(part)
    if (before === undefined) return
    const content = readFileSync(path.join(folder, `${part}.log`))
    // A part that starts again begins its file anew.
    const from = content.length < before ? 0 : before
    const end = content.lastIndexOf('\n') + 1
    if (end <= from) return
    read.set(part, end)
    const added = content.subarray(from, end).toString().trimEnd()
    for (const line of added.split('\n')) console.log(named(part, line))
  })
}

function main(group: string): number | undefined {
  const count = Number(process.env['LINES'] || 50)
  if (!Number.isInteger(count) || count < 0) {
    console.error(`LINES is no number of lines: ${process.env['LINES']}`)
    return 1
  }
  const parts = partsWithLogs(FOLDER, group)
  if (parts.length === 0) {
    console.error('There are no logs yet; "make dev" writes them.')
    return 1
  }
  for (const part of parts) for (const line of lastLines(FOLDER, part, count)) console.log(line)
  if (process.env['FOLLOW'] === '0') return 0
  follow(FOLDER, parts)
  return undefined
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = main(process.argv[2] ?? 'all') ?? 0
