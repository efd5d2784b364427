import { randomBytes } from 'node:crypto'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { copyToBucket, endOldCopies, fetchCopy, listCopies } from './copies.ts'
import { describeFile, readManifest, writeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { isBaseWanted } from './base.ts'
import { copyBases, copyWal, endOldPoints, listBases, listWal } from './points-in-bucket.ts'
import { putFile } from './s3.ts'
import { signedHeaders } from './s3-call.ts'
import type { Bucket } from './s3-call.ts'
import { putInParts } from './s3-multipart.ts'
import { startStorageDouble } from './s3-double.ts'
import type { StorageDouble } from './s3-double.ts'

const key = await newBackupKey()
let storage: StorageDouble
let bucket: Bucket
let place: string

beforeEach(async () => {
  storage = await startStorageDouble('safe place', 'access', 'secret')
  bucket = {
    endpoint: storage.endpoint,
    bucket: 'safe place',
    region: 'sa-east-1',
    accessKey: 'access',
    secretKey: 'secret',
  }
  place = mkdtempSync(path.join(tmpdir(), 'copies '))
})
afterEach(async () => {
  await storage.stop()
  rmSync(place, { recursive: true, force: true })
})

async function backup(name: string): Promise<{ folder: string; manifest: Manifest }> {
  const folder = path.join(place, name)
  mkdirSync(folder)
  writeFileSync(path.join(folder, 'database.dump.age'), `rows of ${name}`)
  const manifest: Manifest = {
    ...{
      form: 1,
      kind: 'dump',
      takenAt: '',
      server: '15',
      migrations: [],
      rows: {},
      otherRoles: [],
      rules: [],
    },
    files: [await describeFile(folder, 'database.dump.age')],
  }
  await writeManifest(folder, key, manifest)
  return { folder, manifest }
}

describe('a copy in a bucket', () => {
  it('comes back as it was, and its manifest still fits', async () => {
    const { folder, manifest } = await backup('chronos-20261126T031500Z')
    await copyToBucket(bucket, folder, manifest)
    expect([...storage.objects.keys()]).toEqual([
      'chronos-20261126T031500Z/database.dump.age',
      'chronos-20261126T031500Z/manifest.json',
    ])
    const back = path.join(place, 'back')
    await fetchCopy(bucket, 'chronos-20261126T031500Z', back)
    expect(await readManifest(path.join(back, 'chronos-20261126T031500Z'), key)).toEqual(manifest)
    expect(readFileSync(path.join(back, 'chronos-20261126T031500Z', 'database.dump.age'), 'utf8')).toMatch(
      /rows of/,
    )
  })

  it('is listed only when it is whole, over all pages, and ends as in the folder', async () => {
    for (const day of ['20250101', '20261024', '20261124', '20261125', '20261126']) {
      const { folder, manifest } = await backup(`chronos-${day}T031500Z`)
      await copyToBucket(bucket, folder, manifest)
    }
    storage.objects.delete('chronos-20261024T031500Z/manifest.json')
    expect(await listCopies(bucket)).toHaveLength(4)
    const { folder, manifest } = await backup('chronos-20250101T021500Z')
    await copyToBucket(bucket, folder, manifest)
    expect(await endOldCopies(bucket, new Date('2026-11-26T04:00:00Z'))).toEqual(['chronos-20250101T021500Z'])
    expect([...storage.objects.keys()].some((each) => each.startsWith('chronos-20250101T02'))).toBe(false)
    expect(await listCopies(bucket)).toHaveLength(4)
  })

  it('fails loudly with a wrong secret, a bucket that is not there, and a body that changed on its way', async () => {
    const { folder, manifest } = await backup('chronos-20261126T031500Z')
    await expect(copyToBucket({ ...bucket, secretKey: 'other' }, folder, manifest)).rejects.toThrow(/403/)
    await expect(copyToBucket({ ...bucket, bucket: 'none' }, folder, manifest)).rejects.toThrow(
      /NoSuchBucket/,
    )
    const file = path.join(folder, 'database.dump.age')
    await expect(putFile(bucket, 'x', file, 'ab'.repeat(32))).rejects.toThrow(/SHA256Mismatch/)
    await storage.stop()
    await expect(copyToBucket(bucket, folder, manifest)).rejects.toThrow()
    expect(storage.objects.size).toBe(0)
  })
})

describe('a file that is too large for one request', () => {
  it('arrives in parts as it was', async () => {
    const file = path.join(place, 'large')
    writeFileSync(file, randomBytes(2500))
    await putInParts(bucket, 'x/large', file, 2500, 1000)
    expect(storage.objects.get('x/large')).toEqual(readFileSync(file))
    expect(storage.calls.filter((each) => each === 'PUT 200')).toHaveLength(3)
  })

  it('is not there, and leaves nothing to pay for, when a part does not arrive', async () => {
    const file = path.join(place, 'large')
    writeFileSync(file, randomBytes(2500))
    await expect(putInParts(bucket, 'x/large', file, 9000, 1000)).rejects.toThrow()
    expect([storage.objects.size, storage.uploads.size]).toEqual([0, 0])
  })
})

describe('points in time in a bucket', () => {
  const label = (segment: string): string => `START WAL LOCATION: 0/1 (file ${segment})\n`
  const segment = (number: number): string => `00000001000000000000000${number}`

  it('end when two newer base copies are there, with the WAL that only they needed', async () => {
    for (const [day, first] of [
      ['20261101', 1],
      ['20261108', 3],
      ['20261115', 5],
    ] as const) {
      const { folder } = await backup(`base-${day}T031500Z`)
      writeFileSync(path.join(folder, 'backup_label'), label(segment(first)))
      const files = [
        await describeFile(folder, 'database.dump.age'),
        await describeFile(folder, 'backup_label'),
      ]
      const manifest = { ...(await readManifest(folder, key)), files }
      await writeManifest(folder, key, manifest)
    }
    await copyBases(bucket, place, key)
    const wal = path.join(place, 'wal')
    mkdirSync(wal)
    for (let number = 1; number < 7; number += 1)
      writeFileSync(path.join(wal, `${segment(number)}.gz.age`), 'wal')
    writeFileSync(path.join(wal, `${segment(7)}.gz`), 'plain')
    writeFileSync(path.join(wal, `${segment(7)}.gz.age.part`), 'half')
    expect(await copyWal(bucket, wal, new Set())).toBe(6)
    expect(await endOldPoints(bucket)).toEqual({ bases: 1, wal: 2 })
    expect(await listBases(bucket)).toEqual(['base-20261115T031500Z', 'base-20261108T031500Z'])
    expect([...(await listWal(bucket))].sort()).toEqual(
      [3, 4, 5, 6].map((number) => `${segment(number)}.gz.age`),
    )
    expect(storage.objects.get(`wal/${segment(3)}.gz.age`)?.toString()).toBe('wal')
    expect(await listCopies(bucket)).toEqual([])
  })
})

describe('a base copy of another key', () => {
  it('is followed at once by one of this key, and does not keep others from the bucket', async () => {
    const now = new Date('2026-11-27T12:00:00Z')
    const other = await newBackupKey()
    expect(await isBaseWanted(place, key, now)).toBe(true)
    await backup('base-20261126T031500Z')
    expect(await isBaseWanted(place, key, now)).toBe(false)
    expect(await isBaseWanted(place, other, now)).toBe(true)
    const { folder, manifest } = await backup('base-20261127T031500Z')
    await writeManifest(folder, other, manifest)
    expect(await isBaseWanted(place, other, now)).toBe(false)
    expect(await copyBases(bucket, place, other)).toEqual({
      sent: ['base-20261127T031500Z'],
      foreign: ['base-20261126T031500Z'],
    })
    expect(await listBases(bucket)).toEqual(['base-20261127T031500Z'])
    // One that was damaged is no foreign one: it fails, and is told.
    writeFileSync(path.join(place, 'base-20261126T031500Z', 'database.dump.age'), 'changed')
    await expect(copyBases(bucket, place, key)).rejects.toThrow(/bytes instead of/)
  })
})

describe('the signature', () => {
  it('is that of the published example of a list of objects', () => {
    const example: Bucket = {
      endpoint: 'https://examplebucket.s3.amazonaws.com',
      bucket: '',
      region: 'us-east-1',
      accessKey: 'AKIAIOSFODNN7EXAMPLE',
      secretKey: ['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/'),
    }
    const call = { method: 'GET', objectKey: '', query: { 'max-keys': '2', prefix: 'J' } } as const
    const { headers } = signedHeaders(example, call, new Date('2013-05-24T00:00:00Z'))
    expect(headers['authorization']).toMatch(
      /Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7$/,
    )
  })
})
