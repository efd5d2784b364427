/** What the backup service does all day with archived WAL, on storage that is away for a while. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { walFreshness } from './schedule.ts'
import { startStorageDouble } from './s3-double.ts'
import type { StorageDouble } from './s3-double.ts'
import { keepWal } from './wal-loop.ts'

const key = await newBackupKey()
const segment = (number: number): string => `00000001000000000000000${number}.gz`
const sent = (number: number): string => `wal/${segment(number)}.age`
let storage: StorageDouble
let place: string
let wal: string
let said: string[]
let end: AbortController
let running: Promise<void>

beforeEach(async () => {
  storage = await startStorageDouble('away', 'access', 'secret')
  place = mkdtempSync(path.join(tmpdir(), 'loop of '))
  wal = path.join(place, 'wal')
  mkdirSync(wal)
  said = []
  end = new AbortController()
})
afterEach(async () => {
  end.abort()
  await running
  await storage.stop()
  rmSync(place, { recursive: true, force: true })
})

const stateFile = (): string => path.join(place, 'last-wal')
const archive = (number: number): void => {
  writeFileSync(path.join(wal, segment(number)), gzipSync(`of ${number}`))
}

function begin(): void {
  const { endpoint } = storage
  running = keepWal(
    {
      ...{ wal, key, stateFile: stateFile(), everyMs: 5, retryMs: 5 },
      // Nobody is there: what the bucket is known to have rests on what was sent.
      url: 'postgresql://nobody:x@127.0.0.1:1/none',
      bucket: { endpoint, bucket: 'away', region: 'us-east-1', accessKey: 'access', secretKey: 'secret' },
      say: (line) => said.push(line),
      warn: (line) => said.push(`! ${line}`),
    },
    end.signal,
  )
}

const there = (): string[] => [...storage.objects.keys()]
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 5 })

describe('the WAL of a server with a bucket', () => {
  it('arrives in its order, all of it, when storage that failed for a while is back', async () => {
    archive(1)
    archive(2)
    begin()
    await until(() => expect(there()).toEqual([sent(1), sent(2)]))
    await until(() => expect(readFileSync(stateFile(), 'utf8')).not.toBe(''))
    const known = readFileSync(stateFile(), 'utf8')

    storage.fail(503)
    archive(4)
    archive(3)
    await until(() => expect(readdirSync(wal).every((name) => name.endsWith('.gz.age'))).toBe(true))
    const tries = storage.calls.length
    await until(() => expect(storage.calls.length).toBeGreaterThan(tries + 10))
    expect(there()).toEqual([sent(1), sent(2)])
    // The health check goes by this file, which says nothing new while storage is away.
    expect(readFileSync(stateFile(), 'utf8')).toBe(known)
    expect(walFreshness(new Date(known), new Date(Date.parse(known) + 301_000))).toMatch(
      /does not reach the bucket since/,
    )
    expect(said).toEqual([expect.stringMatching(/^! Archived WAL does not reach the bucket: .*503/)])

    storage.fail(undefined)
    await until(() => expect(there()).toEqual([1, 2, 3, 4].map(sent)))
    for (const number of [1, 2, 3, 4]) {
      const file = path.join(wal, `${segment(number)}.age`)
      expect(storage.objects.get(sent(number))?.equals(readFileSync(file))).toBe(true)
    }
    await until(() => expect(readFileSync(stateFile(), 'utf8')).not.toBe(known))
    await until(() => expect(said.at(-1)).toBe('Archived WAL reaches the bucket again.'))
    expect(said).toHaveLength(2)
  })

  it('goes again where the bucket lost it while it was away', async () => {
    archive(1)
    archive(2)
    begin()
    await until(() => expect(there()).toHaveLength(2))
    storage.objects.delete(sent(1))
    storage.fail(500)
    archive(3)
    await until(() => expect(said).toHaveLength(1))
    storage.fail(undefined)
    await until(() => expect(there().sort()).toEqual([1, 2, 3].map(sent)))
  })

  it('goes on, and says so once, where one file cannot be encrypted', async () => {
    writeFileSync(path.join(wal, segment(1)), 'no gzip')
    archive(2)
    begin()
    await until(() => expect(there()).toEqual([sent(2)]))
    archive(3)
    await until(() => expect(there()).toEqual([sent(2), sent(3)]))
    expect(said).toEqual([
      expect.stringMatching(/^! Archived WAL stays unencrypted: 0+10+1\.gz: incorrect header/),
    ])
    // The bucket does not have all that there is.
    expect(() => readFileSync(stateFile())).toThrow(/ENOENT/)
    archive(1)
    await until(() => expect(there().sort()).toEqual([1, 2, 3].map(sent)))
    await until(() => expect(said.at(-1)).toBe('Archived WAL is encrypted again.'))
    expect(readdirSync(wal)).toEqual([1, 2, 3].map((number) => `${segment(number)}.age`))
  })
})
