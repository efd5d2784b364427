// What a backup says about itself. It lies beside the files as readable JSON, names each with size and SHA-256,
// and is signed with BACKUP_KEY, so that counts can be trusted and a swapped file is noticed.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { BackupDamagedError } from './cipher.ts'
import { flush } from './flush.ts'

export interface BackupFile {
  name: string
  sizeBytes: number
  /** Of the file as it lies there, so that it can be checked without the key (sha256sum). */
  sha256: string
}

export interface Manifest {
  form: 1
  /** `dump`: pg_dump's custom format. `folder`: a stopped server's data folder as tar. */
  kind: 'dump' | 'folder'
  /** ISO 8601: the instant of the snapshot. */
  takenAt: string
  server: string
  migrations: string[]
  /** Rows of each table, counted in the snapshot that was dumped. */
  rows: Record<string, number>
  /** Whom the database grants something beside the four logins: they are made, unable to sign in, before a restore. */
  otherRoles: string[]
  /** Owners, row level security, policies, grants, triggers, constraints and functions, as the catalogue prints them. */
  rules: string[]
  files: BackupFile[]
}

const NAME = 'manifest.json'

function signatureOf(key: BackupKey, manifest: Manifest): string {
  const text = JSON.stringify(manifest)
  return createHmac('sha256', key.signing).update('chronos manifest\0').update(text).digest('hex')
}

export async function describeFile(folder: string, name: string): Promise<BackupFile> {
  const hash = createHash('sha256')
  for await (const part of createReadStream(path.join(folder, name))) hash.update(part as Buffer)
  const { size } = await stat(path.join(folder, name))
  return { name, sizeBytes: size, sha256: hash.digest('hex') }
}

/** Waits until it is on the disk, and with it the names of all that lies beside. */
export async function writeManifest(folder: string, key: BackupKey, manifest: Manifest): Promise<void> {
  const text = JSON.stringify({ manifest, signature: signatureOf(key, manifest) }, null, 2)
  await writeFile(path.join(folder, NAME), `${text}\n`, { mode: 0o600, flush: true })
  await flush(folder)
}

/** @throws BackupDamagedError where it is missing or not ours */
async function openManifest(folder: string, key: BackupKey): Promise<Manifest> {
  let read: { manifest: Manifest; signature: string }
  try {
    read = JSON.parse(await readFile(path.join(folder, NAME), 'utf8')) as typeof read
  } catch (error) {
    throw new BackupDamagedError(`its ${NAME} is missing or no JSON (${(error as Error).message})`)
  }
  const signature = Buffer.from(read.signature ?? '', 'hex')
  const expected = Buffer.from(signatureOf(key, read.manifest), 'hex')
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new BackupDamagedError(`its ${NAME} was changed, or BACKUP_KEY is another one`)
  }
  return read.manifest
}

/** Whether a manifest is there that this key signed; its files may be as large as the database and are not read. */
export async function isSignedBy(folder: string, key: BackupKey): Promise<boolean> {
  try {
    await openManifest(folder, key)
    return true
  } catch (error) {
    if (error instanceof BackupDamagedError) return false
    throw error
  }
}

/** @throws BackupDamagedError where the manifest is missing, not ours, or does not describe the files that lie there */
export async function readManifest(folder: string, key: BackupKey): Promise<Manifest> {
  const manifest = await openManifest(folder, key)
  for (const file of manifest.files) {
    const found = await describeFile(folder, file.name).catch(() => undefined)
    if (!found) throw new BackupDamagedError(`${file.name} is missing`)
    if (found.sizeBytes !== file.sizeBytes)
      throw new BackupDamagedError(`${file.name} has ${found.sizeBytes} bytes instead of ${file.sizeBytes}`)
    if (found.sha256 !== file.sha256) throw new BackupDamagedError(`${file.name} was changed`)
  }
  return manifest
}
