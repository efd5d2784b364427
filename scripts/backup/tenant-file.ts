// One workspace in one file: encrypted as backups are (cipher.ts), inside it gzip, inside that lines. The first is the
// header, then `<table> TAB <row as JSON>`, the last `end TAB <trailer>` with the rows of each table and the SHA-256 of
// every line before it. Beside it lies `<file>.sha256`, which `sha256sum -c` checks without the key.
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { BackupDamagedError, decrypting, encrypting } from './cipher.ts'

/** What such a file is signed as: no manifest vouches for it. */
const KIND = 'chronos tenant'

export interface TenantHeader {
  form: 1
  kind: typeof KIND
  tenantId: string
  name: string
  /** ISO 8601: the instant of the snapshot. */
  takenAt: string
  migrations: string[]
  /** Ids of the keys that its sealed values have: the server that takes it needs them. */
  keyIds: string[]
}

export interface TenantTrailer {
  rows: Record<string, number>
  sha256: string
}

export interface TenantRow {
  /** As `app.accounts`. */
  table: string
  /** The row as JSON, kept as text: a bigint is no number of JavaScript's. */
  json: string
}

/**
 * Writes a file that was not there; a broken one leaves nothing behind.
 * @returns bytes of the file, and rows by table
 */
export async function writeTenantFile(
  file: string,
  key: BackupKey,
  header: TenantHeader,
  rows: AsyncIterable<TenantRow>,
): Promise<{ sizeBytes: number; rows: Record<string, number> }> {
  const counts: Record<string, number> = {}
  if (existsSync(file)) throw new Error(`${file} is there already.`)
  const partial = `${file}.partial`
  const hash = createHash('sha256')
  let sizeBytes = 0
  const watched = new Transform({
    transform(data: Buffer, _encoding, done) {
      hash.update(data)
      sizeBytes += data.length
      done(null, data)
    },
  })
  try {
    await pipeline(
      Readable.from(linesOf(header, rows, counts)),
      createGzip({ level: 6 }),
      encrypting(key, KIND),
      watched,
      createWriteStream(partial, { flags: 'wx', mode: 0o600 }),
    )
    const handle = await open(partial, 'r+')
    await handle.sync()
    await handle.close()
    await writeFile(`${file}.sha256`, `${hash.digest('hex')}  ${path.basename(file)}\n`, { mode: 0o600 })
    await rename(partial, file)
    return { sizeBytes, rows: counts }
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function* linesOf(
  header: TenantHeader,
  rows: AsyncIterable<TenantRow>,
  counts: Record<string, number>,
): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const line = (text: string): string => {
    const whole = `${text}\n`
    hash.update(whole)
    return whole
  }
  yield line(JSON.stringify(header))
  for await (const { table, json } of rows) {
    counts[table] = (counts[table] ?? 0) + 1
    yield line(`${table}\t${json}`)
  }
  const trailer: TenantTrailer = { rows: counts, sha256: hash.digest('hex') }
  yield `end\t${JSON.stringify(trailer)}\n`
}

/**
 * Reads a file to its end, rows in the order in which they were written.
 * @throws BackupDamagedError where it was changed, is cut short or has another key; what was handed on until then is void
 */
export async function readTenantFile(
  file: string,
  key: BackupKey,
  take: {
    header(header: TenantHeader): Promise<void>
    row(row: TenantRow): Promise<void>
  },
): Promise<TenantTrailer> {
  await checkSum(file)
  const source = createReadStream(file)
  const plain = createGunzip()
  const fed = pipeline(source, decrypting(key, KIND), plain)
  fed.catch(() => undefined)
  const hash = createHash('sha256')
  const counts: Record<string, number> = {}
  let begun = false
  let trailer: TenantTrailer | undefined
  try {
    for await (const text of createInterface({ input: plain, crlfDelay: Infinity })) {
      if (trailer) throw new BackupDamagedError('it goes on after its end')
      const tab = text.indexOf('\t')
      const [table, json] = [text.slice(0, Math.max(0, tab)), text.slice(tab + 1)]
      if (begun && table === 'end') {
        trailer = JSON.parse(json) as TenantTrailer
        continue
      }
      hash.update(`${text}\n`)
      if (begun) {
        counts[table] = (counts[table] ?? 0) + 1
        await take.row({ table, json })
        continue
      }
      begun = true
      await take.header(headerOf(text))
    }
    await fed
  } finally {
    source.destroy()
  }
  if (!trailer) throw new BackupDamagedError('it ends too early')
  if (trailer.sha256 !== hash.digest('hex') || JSON.stringify(trailer.rows) !== JSON.stringify(counts))
    throw new BackupDamagedError('its rows are not those that its end tells of')
  return trailer
}

function headerOf(text: string): TenantHeader {
  const header = JSON.parse(text) as Partial<TenantHeader>
  if (header.kind !== KIND || header.form !== 1)
    throw new Error('This is no backup of one workspace: make db-restore is for those of a whole server.')
  return header as TenantHeader
}

async function checkSum(file: string): Promise<void> {
  if (!existsSync(file)) throw new Error(`There is no ${file}.`)
  if (!existsSync(`${file}.sha256`)) return
  const hash = createHash('sha256')
  for await (const part of createReadStream(file)) hash.update(part as Buffer)
  const [expected] = (await readFile(`${file}.sha256`, 'utf8')).split(' ')
  if (expected !== hash.digest('hex')) throw new BackupDamagedError(`${path.basename(file)} was changed`)
}
