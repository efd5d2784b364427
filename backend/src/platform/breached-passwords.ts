/**
 * Passwords that were found in breaches, looked up on this machine: nobody else learns what anybody types. The file is
 * the one that Pwned Passwords gives out ordered by hash, a line of `<SHA-1>:<count>` for each password. It has tens of
 * gigabytes and is searched where it lies, by halves: about forty short reads for a password.
 */
import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'

export interface BreachedPasswords {
  has(password: string): Promise<boolean>
  close(): Promise<void>
}

/** Where the operator has no such file. */
export const NO_BREACHED_PASSWORDS: BreachedPasswords = {
  has: () => Promise.resolve(false),
  close: () => Promise.resolve(),
}

const HASH = /^[0-9A-F]{40}(?=[:\r\n]|$)/i
const HASH_LENGTH = 40
/** Longer than two lines. */
const READ_BYTES = 256

interface Line {
  start: number
  /** In capitals. */
  hash: string
}

/** @throws Error for a file that cannot be read, is no such list, or is not ordered by hash */
export async function openBreachedPasswords(file: string): Promise<BreachedPasswords> {
  const handle = await open(file).catch((error: unknown) => {
    throw new Error(`BREACHED_PASSWORDS_FILE cannot be read: ${(error as Error).message}`, { cause: error })
  })
  try {
    const { size } = await handle.stat()
    await assertOrdered(handle, size)
    return {
      has: (password) => search(handle, size, sha1(password)),
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function search(handle: FileHandle, size: number, wanted: string): Promise<boolean> {
  // The line begins at `low` or after it, and before `high`.
  let [low, high] = [0, size]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const line = await lineFrom(handle, middle)
    if (line === null || line.start >= high) high = middle
    else if (line.hash === wanted) return true
    else if (line.hash < wanted) low = line.start + 1
    else high = middle
  }
  return false
}

/** The first line that begins at `position` or after it; null where there is none. @throws Error for what is no hash */
async function lineFrom(handle: FileHandle, position: number): Promise<Line | null> {
  const from = Math.max(0, position - 1)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, from)
  const text = buffer.toString('latin1', 0, bytesRead)
  const skipped = position === 0 ? 0 : text.indexOf('\n') + 1
  if (position > 0 && skipped === 0) return notALine(bytesRead)
  const rest = text.slice(skipped)
  if (rest === '') return null
  const hash = HASH.exec(rest)?.[0]
  if (hash === undefined) return notALine(rest.length >= HASH_LENGTH ? READ_BYTES : 0)
  return { start: from + skipped, hash: hash.toUpperCase() }
}

/** The end of the file holds no whole line; anything else that is none is no list of hashes. */
function notALine(bytes: number): null {
  if (bytes < READ_BYTES) return null
  throw new Error(
    'BREACHED_PASSWORDS_FILE is no list of SHA-1 hashes, as Pwned Passwords gives out ordered by hash',
  )
}

/** A list that is ordered by how often passwords were seen would find nothing and say nothing: a sample tells. */
async function assertOrdered(handle: FileHandle, size: number): Promise<void> {
  const first = await lineFrom(handle, 0)
  if (!first) throw new Error('BREACHED_PASSWORDS_FILE holds no SHA-1 hashes')
  let before = first.hash
  for (let part = 1; part < 64; part += 1) {
    const line = await lineFrom(handle, Math.floor((size * part) / 64))
    if (line === null) return
    if (line.hash < before) throw new Error('BREACHED_PASSWORDS_FILE is not ordered by hash')
    before = line.hash
  }
}

function sha1(password: string): string {
  return createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase()
}
