// Archived WAL beside the server: `<name>.gz`, as archive_command leaves it, until the backup service has put
// `<name>.gz.age` in its place, which is what stays and what a bucket gets. An age file of WAL is signed as what it is.
import { existsSync } from 'node:fs'
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip as gunzipped } from 'node:zlib'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { BackupDamagedError, decrypting, encrypting, SEALED } from './cipher.ts'

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
    await flushFolder(folder)
  }
  await rm(plain, { force: true })
}

/** A name outlives a crash once its folder is flushed. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function openWal(file: string, key: BackupKey): Promise<Buffer> {
  const sealed = await readFile(file)
  return buffer(decrypting(key, signedAs(path.basename(file)))(Readable.from([sealed])))
}

/**
 * Lays archived WAL out for a server that recovers, as `<name>.gz`.
 * @param isNeeded by name
 * @throws BackupDamagedError naming the file that was changed, cut or exchanged, or is of another key
 */
export async function openAllWal(
  folder: string,
  to: string,
  key: BackupKey,
  isNeeded: (name: string) => boolean,
): Promise<string[]> {
  await mkdir(to, { mode: 0o700 })
  const opened: string[] = []
  for (const name of (await walIn(folder, 'sealed')).filter(isNeeded)) {
    const plain = name.replace(SEALED, '')
    try {
      await writeFile(path.join(to, plain), await openWal(path.join(folder, name), key), { mode: 0o600 })
    } catch (error) {
      if (!(error instanceof BackupDamagedError)) throw error
      throw new BackupDamagedError(`${name}: ${error.what}; without it and what follows, recovery ends there`)
    }
    opened.push(plain)
  }
  // The last ones, where the service had no time any more.
  for (const name of (await walIn(folder, 'plain')).filter(isNeeded)) {
    if (opened.includes(name)) continue
    await copyFile(path.join(folder, name), path.join(to, name))
    opened.push(name)
  }
  return opened
}

/** What is wrong where WAL lies as the server left it; undefined when all is well. */
export async function unsealedProblem(folder: string, now: Date): Promise<string | undefined> {
  const [oldest] = [...(await walIn(folder, 'plain')), ...(await walIn(folder, 'raw'))]
  if (oldest === undefined) return undefined
  const { mtime } = await stat(path.join(folder, oldest))
  if (now.getTime() - mtime.getTime() <= UNSEALED_MS) return undefined
  return `${oldest} lies unencrypted in ${folder} since ${mtime.toISOString()}: docs/runbooks/wal-archive.md.`
}
