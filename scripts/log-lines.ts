// Log lines of several processes on one terminal: a coloured name in front, pino's JSON made readable; and
// the same lines as they came in `.data/logs/<name>.log`.
import { createWriteStream, mkdirSync } from 'node:fs'
import type { WriteStream } from 'node:fs'
import path from 'node:path'

const COLOURS = [36, 33, 35, 32, 34, 31, 96, 93]
const NAME_WIDTH = 9
const LEVELS: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'ERROR',
  60: 'FATAL',
}
const HIDDEN_KEYS = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'name', 'v', 'err'])

export const colourWanted = process.stdout.isTTY === true && !process.env['NO_COLOR']

/** One line of pino's JSON as `level message key=value`; any other line unchanged. */
export function readableLine(line: string): string {
  if (!line.startsWith('{')) return line
  let entry: Record<string, unknown>
  try {
    entry = JSON.parse(line) as Record<string, unknown>
  } catch {
    return line
  }
  const level = LEVELS[Number(entry['level'])]
  if (!level) return line
  const rest = Object.entries(entry)
    .filter(([key, value]) => !HIDDEN_KEYS.has(key) && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const error = entry['err'] as { message?: unknown; stack?: unknown } | undefined
  const trouble = error ? `\n${String(error.stack ?? error.message ?? JSON.stringify(error))}` : ''
  return `${level.padEnd(5)} ${String(entry['msg'] ?? '')} ${rest.join(' ')}`.trimEnd() + trouble
}

export class LogFiles {
  readonly #folder: string
  readonly #files = new Map<string, WriteStream>()
  readonly #print: (line: string) => void

  /** `folder` is made when missing; `print` takes the readable lines, or nothing to only write files. */
  constructor(folder: string, print: (line: string) => void = (line) => console.log(line)) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.#print = print
  }

  /** The file a part's lines go to. */
  path(part: string): string {
    return path.join(this.#folder, `${part}.log`)
  }

  /** Takes one line of `part` for its file alone; the first one of a run starts the file anew. */
  writeQuietly(part: string, line: string): void {
    let file = this.#files.get(part)
    if (!file) {
      file = createWriteStream(this.path(part))
      file.on('error', () => undefined)
      this.#files.set(part, file)
    }
    file.write(`${line}\n`)
  }

  /** Takes one line of `part` for its file and for the terminal. */
  write(part: string, line: string): void {
    this.writeQuietly(part, line)
    if (line.trim() === '') return
    const name = part.padEnd(NAME_WIDTH)
    const colour = COLOURS[[...this.#files.keys()].indexOf(part) % COLOURS.length]
    const prefix = colourWanted ? `\u001b[${colour}m${name}\u001b[0m | ` : `${name} | `
    for (const single of readableLine(line).split('\n')) this.#print(prefix + single)
  }
}
