/** Archived WAL beside the server: encrypted soon, never lost on the way, and opened only as what it is. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newBackupKey } from '../../backend/src/platform/backup-key.ts'
import { openAllWal, sealWal, unsealedProblem } from './wal.ts'

const key = await newBackupKey()
const segment = (number: number): string => `00000001000000000000000${number}`
let wal: string

beforeEach(() => {
  wal = mkdtempSync(path.join(tmpdir(), 'wal of '))
})
afterEach(() => rmSync(wal, { recursive: true, force: true }))

const file = (name: string): string => path.join(wal, name)
const archive = (number: number, text = `of ${number}`): void =>
  writeFileSync(file(`${segment(number)}.gz`), gzipSync(text))
async function opened(by = key): Promise<Record<string, string>> {
  const to = mkdtempSync(path.join(tmpdir(), 'opened '))
  try {
    const names = await openAllWal(wal, path.join(to, 'x'), by, () => true)
    return Object.fromEntries(
      names.map((name) => [name, gunzipSync(readFileSync(path.join(to, 'x', name))).toString()]),
    )
  } finally {
    rmSync(to, { recursive: true })
  }
}

describe('archived WAL', () => {
  it('is encrypted in its place, with its histories and labels, and opens again', async () => {
    archive(1)
    writeFileSync(file('00000002.history.gz'), gzipSync('history'))
    writeFileSync(file(`${segment(1)}.00000028.backup.gz`), gzipSync('label'))
    writeFileSync(file(`${segment(2)}.gz.part`), 'half')
    expect(await sealWal(wal, key)).toEqual({ sealed: 3, problems: [] })
    expect(readdirSync(wal).sort()).toEqual([
      `${segment(1)}.00000028.backup.gz.age`,
      `${segment(1)}.gz.age`,
      `${segment(2)}.gz.part`,
      '00000002.history.gz.age',
    ])
    expect(readFileSync(file(`${segment(1)}.gz.age`)).includes(gzipSync('of 1'))).toBe(false)
    expect(await opened()).toEqual({
      [`${segment(1)}.00000028.backup.gz`]: 'label',
      [`${segment(1)}.gz`]: 'of 1',
      '00000002.history.gz': 'history',
    })
  })

  it('stays where it cannot be read to its end, and keeps no other; what is not compressed is named', async () => {
    archive(1)
    writeFileSync(file(`${segment(1)}.gz`), readFileSync(file(`${segment(1)}.gz`)).subarray(0, -4))
    archive(2)
    writeFileSync(file(segment(3)), 'plain')
    const { sealed, problems } = await sealWal(wal, key)
    expect(sealed).toBe(1)
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^${segment(3)} is not compressed`)),
      expect.stringMatching(new RegExp(`^${segment(1)}.gz: unexpected end of file`)),
    ])
    expect(readdirSync(wal).sort()).toEqual([`${segment(1)}.gz`, `${segment(2)}.gz.age`, segment(3)].sort())
  })

  it('may be archived a second time, when it is the same; another one of that name is not taken', async () => {
    archive(1)
    await sealWal(wal, key)
    const before = readFileSync(file(`${segment(1)}.gz.age`))
    archive(1)
    expect((await sealWal(wal, key)).problems).toEqual([])
    expect(readdirSync(wal)).toEqual([`${segment(1)}.gz.age`])
    archive(1, 'another one')
    expect((await sealWal(wal, key)).problems).toEqual([expect.stringMatching(/another one of this name/)])
    expect(readFileSync(file(`${segment(1)}.gz.age`)).equals(before)).toBe(true)
  })

  it('opens where the last of it was not encrypted yet', async () => {
    archive(1)
    await sealWal(wal, key)
    archive(1)
    archive(2)
    expect(await opened()).toEqual({ [`${segment(1)}.gz`]: 'of 1', [`${segment(2)}.gz`]: 'of 2' })
  })

  it('is refused when it was changed, cut, exchanged or is of another key, by name', async () => {
    archive(1)
    archive(2)
    await sealWal(wal, key)
    const [one, two] = [file(`${segment(1)}.gz.age`), file(`${segment(2)}.gz.age`)]
    await expect(opened(await newBackupKey())).rejects.toThrow(/1\.gz\.age: .*BACKUP_KEY is another one/)
    const whole = readFileSync(one)
    writeFileSync(one, whole.subarray(0, -1))
    await expect(opened()).rejects.toThrow(/1\.gz\.age: it was changed or cut short/)
    writeFileSync(one, whole)
    renameSync(two, `${two}.aside`)
    renameSync(one, two)
    await expect(opened()).rejects.toThrow(/2\.gz\.age: it is not what it is called/)
  })

  it('is told of when it lies unencrypted for more than five minutes', async () => {
    const now = new Date()
    mkdirSync(file('folder'))
    expect(await unsealedProblem(wal, now)).toBeUndefined()
    archive(1)
    expect(await unsealedProblem(wal, now)).toBeUndefined()
    const before = new Date(now.getTime() - 301_000)
    utimesSync(file(`${segment(1)}.gz`), before, before)
    expect(await unsealedProblem(wal, now)).toMatch(/1\.gz lies unencrypted .*wal-archive\.md/)
    await sealWal(wal, key)
    expect(await unsealedProblem(wal, now)).toBeUndefined()
  })
})
