// Archived WAL beside the server: `<name>.gz`, as archive_command leaves it, until the backup service has put
// `<name>.gz.age` in its place, which is what stays and what a bucket gets. An age file of WAL is signed as what it is.
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip as gunzipped } from 'node:zlib'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { BackupDamagedError, decrypting, encrypting, SEALED } from './cipher.ts'
import { flush } from './flush.ts'
import { firstMissing, historyOf, segmentOf } from './wal-order.ts'
import type { WalStart } from './wal-order.ts'

const gunzip = promisify(gunzipped)
/** A segment, the history of a timeline, the label of a copy; not what is still being written (`.part`). */
const ARCHIVED = /^(?:[0-9A-F]{24}(?:\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history)(\.gz)?(\.age)?$/
/** How long a file may lie as the server left it before somebody should know. */
const UNSEALED_MS = 5 * 60_000

type State = 'raw' | 'plain' | 'sealed'

function stateOf(name: string): State | undefined {
  const [found, zipped, sealed] = ARCHIVED.exec(name) ?? []
  if (found === undefined) return undefined
  if (zipped === undefined) return 'raw'
  return sealed === undefined ? 'plain' : 'sealed'
}

/** Names of archived files in that state, the oldest first. */
export async function walIn(folder: string, state: State): Promise<string[]> {
  return (await readdir(folder)).filter((name) => stateOf(name) === state).sort()
}

export const isSealedWal = (name: string): boolean => stateOf(name) === 'sealed'

/** What a file is signed as. @param name with or without `.age` */
const signedAs = (name: string): string => `WAL ${name.replace(SEALED, '')}`

/**
 * Puts an encrypted file in the place of each plain one, the oldest first. A plain file goes when the encrypted one is on
 * the disk; one that cannot be read to its end stays, and does not keep the others.
 * @returns how many there are now, and what is in the way of others
 */
export async function sealWal(
  folder: string,
  key: BackupKey,
): Promise<{ sealed: number; problems: string[] }> {
  const problems = (await walIn(folder, 'raw')).map(
    (name) => `${name} is not compressed: archive_command is not that of deploy/postgres/postgresql.conf`,
  )
  let sealed = 0
  for (const name of await walIn(folder, 'plain')) {
    try {
      await sealFile(folder, name, key)
      sealed += 1
    } catch (error) {
      // Whoever ends old WAL may be there at the same moment.
      if (!existsSync(path.join(folder, name))) continue
      problems.push(`${name}: ${(error as Error).message}`)
    }
  }
  return { sealed, problems }
}

async function sealFile(folder: string, name: string, key: BackupKey): Promise<void> {
  const plain = path.join(folder, name)
  const target = `${plain}${SEALED}`
  const content = await readFile(plain)
  const segment = await gunzip(content)
  if (existsSync(target)) {
    // The server archives a file again where a crash came between the two; gzip's own bytes tell of the hour.
    const before = await gunzip(await openWal(target, key))
    if (!before.equals(segment)) throw new Error(`the archive has another one of this name (${target})`)
  } else {
    const partial = `${target}.part`
    const bytes = await buffer(encrypting(key, signedAs(name))(Readable.from([content])))
    await writeFile(partial, bytes, { mode: 0o600, flush: true })
    await rename(partial, target)
    await flush(folder)
  }
  await rm(plain, { force: true })
}

async function openWal(file: string, key: BackupKey): Promise<Buffer> {
  const sealed = await readFile(file)
  return buffer(decrypting(key, signedAs(path.basename(file)))(Readable.from([sealed])))
}

/** Texts of the histories of timelines among archived files, by timeline. */
export async function readHistories(
  folder: string,
  key: BackupKey,
  names: readonly string[],
): Promise<Map<number, string>> {
  const found = new Map<number, string>()
  for (const name of names) {
    const timeline = historyOf(name)
    if (timeline === undefined) continue
    const content = await openNamed(folder, name, key)
    found.set(timeline, (await unpacked(name, content)).toString())
  }
  return found
}

async function unpacked(name: string, content: Buffer): Promise<Buffer> {
  try {
    return await gunzip(content)
  } catch (error) {
    throw new BackupDamagedError(`${name}: it does not unpack (${(error as Error).message})`)
  }
}

/** @throws BackupDamagedError with the name, also for what is not encrypted and does not unpack */
async function openNamed(folder: string, name: string, key: BackupKey): Promise<Buffer> {
  const file = path.join(folder, name)
  if (!isSealedWal(name)) {
    const content = await readFile(file)
    await unpacked(name, content)
    return content
  }
  try {
    return await openWal(file, key)
  } catch (error) {
    if (!(error instanceof BackupDamagedError)) throw error
    throw new BackupDamagedError(`${name}: ${error.what}`)
  }
}

export interface WalToOpen {
  folder: string
  /** A folder that is not there yet. */
  to: string
  key: BackupKey
  start: WalStart
  /** Whether less will do: the server recovers to an instant, and does not start where it does not reach it. */
  mayEndEarly: boolean
}

export interface OpenedWal {
  /** As they lie there now. */
  names: string[]
  /** Those of them that nobody had encrypted, and so signed, yet. */
  unsigned: string[]
  /** What all from there on was left out for. */
  leftOut: string | undefined
}

/**
 * Lays archived WAL out for a server that recovers, as `<name>.gz`.
 * @throws BackupDamagedError naming the file that is missing, was changed, cut or exchanged, is of another key, or lies
 * unencrypted where the service had encrypted later ones, which is not what a service that ends leaves behind
 */
export async function openAllWal({ folder, to, key, start, mayEndEarly }: WalToOpen): Promise<OpenedWal> {
  const isNeeded = (name: string): boolean =>
    (segmentOf(name, start.bytes)?.segment ?? start.segment) >= start.segment
  const sealed = (await walIn(folder, 'sealed')).filter(isNeeded)
  // The last ones, where the service had no time any more. The label of a copy is for people alone.
  const plain = (await walIn(folder, 'plain')).filter(
    (name) => isNeeded(name) && !name.includes('.backup') && !sealed.includes(`${name}${SEALED}`),
  )
  const all = [...sealed, ...plain]
  const isLate = lateAmong(sealed, start.bytes)
  const unsigned: string[] = []
  const open = async (name: string): Promise<Buffer> => {
    if (isSealedWal(name)) return openNamed(folder, name, key)
    if (!isLate(name))
      throw new BackupDamagedError(
        `${name}: it is not encrypted, and later ones are, so that nothing says whose it is (docs/runbooks/wal-archive.md)`,
      )
    const content = await openNamed(folder, name, key)
    unsigned.push(name)
    return content
  }
  await mkdir(to, { mode: 0o700 })
  const names: string[] = []
  const lay = async (name: string): Promise<void> => {
    const laid = name.replace(SEALED, '')
    await writeFile(path.join(to, laid), await open(name), { mode: 0o600 })
    names.push(laid)
  }
  for (const name of all.filter((each) => segmentOf(each, start.bytes) === undefined)) await lay(name)
  const missing = firstMissing(all, start, await readHistories(folder, key, all))
  let leftOut = missing && `${missing.name} is missing in ${folder}`
  if (leftOut !== undefined && !mayEndEarly) throw new BackupDamagedError(endsAt(leftOut))
  for (const name of inOrder(all, start.bytes, missing?.segment ?? Infinity)) {
    try {
      await lay(name)
    } catch (error) {
      if (!(error instanceof BackupDamagedError)) throw error
      if (!mayEndEarly) throw new BackupDamagedError(endsAt(error.what))
      leftOut = error.what
      break
    }
  }
  return { names, unsigned, leftOut }
}

const endsAt = (problem: string): string =>
  `${problem}; recovery would end there, whatever is archived after it. Give an instant from before to recover that far`

/** Whether the service can have ended before it encrypted a file: nothing after it on its timeline is encrypted. */
function lateAmong(sealed: readonly string[], bytes: number): (name: string) => boolean {
  const newest = new Map<number, number>()
  for (const each of sealed.flatMap((name) => segmentOf(name, bytes) ?? []))
    newest.set(each.timeline, Math.max(each.segment, newest.get(each.timeline) ?? -1))
  return (name) => {
    const { timeline, segment } = segmentOf(name, bytes) ?? { timeline: historyOf(name) ?? 0, segment: 0 }
    return segment > (newest.get(timeline) ?? -1)
  }
}

/** Segments before `end`, the first one first, and of two of the same place that which the server takes. */
function inOrder(names: readonly string[], bytes: number, end: number): string[] {
  const found = names.flatMap((name) => {
    const at = segmentOf(name, bytes)
    return at && at.segment < end ? [{ name, ...at }] : []
  })
  return found
    .sort((one, other) => one.segment - other.segment || other.timeline - one.timeline)
    .map(({ name }) => name)
}

/** What is wrong where WAL lies as the server left it; undefined when all is well. */
export async function unsealedProblem(folder: string, now: Date): Promise<string | undefined> {
  const [oldest] = [...(await walIn(folder, 'plain')), ...(await walIn(folder, 'raw'))]
  if (oldest === undefined) return undefined
  const { mtime } = await stat(path.join(folder, oldest))
  if (now.getTime() - mtime.getTime() <= UNSEALED_MS) return undefined
  return `${oldest} lies unencrypted in ${folder} since ${mtime.toISOString()}: docs/runbooks/wal-archive.md.`
}
