/** Archived WAL beside the server: encrypted soon, never lost on the way, and opened only as what it is. */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
const start = { timeline: 1, segment: 1, bytes: 1 << 24 }
let unsigned: string[]
let leftOut: string | undefined
async function opened(by = key, mayEndEarly = false): Promise<Record<string, string>> {
  const to = mkdtempSync(path.join(tmpdir(), 'opened '))
  try {
    const all = await openAllWal({ folder: wal, to: path.join(to, 'x'), key: by, start, mayEndEarly })
    ;({ unsigned, leftOut } = all)
    return Object.fromEntries(
      all.names.map((name) => [name, gunzipSync(readFileSync(path.join(to, 'x', name))).toString()]),
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
    expect(unsigned).toEqual([`${segment(2)}.gz`])
  })

  it('is not taken unencrypted from among what is encrypted, nor where it does not unpack', async () => {
    archive(1)
    archive(3)
    await sealWal(wal, key)
    archive(2)
    await expect(opened()).rejects.toThrow(/2\.gz: it is not encrypted, and later ones are/)
    expect(Object.keys(await opened(key, true))).toEqual([`${segment(1)}.gz`])
    expect(leftOut).toMatch(/2\.gz: it is not encrypted/)
    await sealWal(wal, key)
    writeFileSync(file(`${segment(4)}.gz`), 'garbage')
    await expect(opened()).rejects.toThrow(/4\.gz: it does not unpack/)
    // The history of a timeline that has encrypted segments was archived before them.
    rmSync(file(`${segment(4)}.gz`))
    writeFileSync(file('00000002.history.gz'), gzipSync('1\t0/4000100\tno recovery target specified\n'))
    writeFileSync(file(`00000002${segment(4).slice(8)}.gz`), gzipSync('of 2'))
    expect(Object.keys(await opened())).toHaveLength(5)
    const history = readFileSync(file('00000002.history.gz'))
    await sealWal(wal, key)
    rmSync(file('00000002.history.gz.age'))
    writeFileSync(file('00000002.history.gz'), history)
    await expect(opened()).rejects.toThrow(/00000002\.history\.gz: it is not encrypted/)
  })

  it('is refused where one is missing in the middle, by name; less than all will do for an instant', async () => {
    for (const number of [1, 2, 3, 4]) archive(number)
    await sealWal(wal, key)
    rmSync(file(`${segment(3)}.gz.age`))
    await expect(opened()).rejects.toThrow(new RegExp(`${segment(3)} is missing in .*instant from before`))
    expect(Object.keys(await opened(key, true))).toEqual([1, 2].map((number) => `${segment(number)}.gz`))
    expect(leftOut).toMatch(new RegExp(`^${segment(3)} is missing`))
    writeFileSync(file(`${segment(2)}.gz.age`), 'damaged')
    expect(Object.keys(await opened(key, true))).toEqual([`${segment(1)}.gz`])
    expect(leftOut).toMatch(/2\.gz\.age: it was cut short/)
    rmSync(file(`${segment(1)}.gz.age`))
    await expect(opened()).rejects.toThrow(new RegExp(`${segment(1)} is missing`))
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
    copyFileSync(one, two)
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
