import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyToBucket, endOldCopies, fetchCopy, listCopies } from './copies.ts'
import { describeFile, readManifest, writeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { putFile, signedHeaders } from './s3.ts'
import type { Bucket } from './s3.ts'
import { startStorageDouble } from './s3-double.ts'
import type { StorageDouble } from './s3-double.ts'

const key = Buffer.alloc(32, 7)
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
  writeFileSync(path.join(folder, 'database.enc'), `rows of ${name}`)
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
    files: [await describeFile(folder, 'database.enc')],
  }
  await writeManifest(folder, key, manifest)
  return { folder, manifest }
}

describe('a copy in a bucket', () => {
  it('comes back as it was, and its manifest still fits', async () => {
    const { folder, manifest } = await backup('chronos-20261126T031500Z')
    await copyToBucket(bucket, folder, manifest)
    expect([...storage.objects.keys()]).toEqual([
      'chronos-20261126T031500Z/database.enc',
      'chronos-20261126T031500Z/manifest.json',
    ])
    const back = path.join(place, 'back')
    await fetchCopy(bucket, 'chronos-20261126T031500Z', back)
    expect(await readManifest(path.join(back, 'chronos-20261126T031500Z'), key)).toEqual(manifest)
    expect(readFileSync(path.join(back, 'chronos-20261126T031500Z', 'database.enc'), 'utf8')).toMatch(
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
    const file = path.join(folder, 'database.enc')
    await expect(putFile(bucket, 'x', file, 'ab'.repeat(32))).rejects.toThrow(/SHA256Mismatch/)
    await storage.stop()
    await expect(copyToBucket(bucket, folder, manifest)).rejects.toThrow()
    expect(storage.objects.size).toBe(0)
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
