import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { backupKey, BackupDamagedError, decrypting, encrypting } from './cipher.ts'

const key = randomBytes(32)
const seal = (plain: Buffer, by = key): Promise<Buffer> =>
  buffer(Readable.from([plain]).compose(encrypting(by)))
const open = (sealed: Buffer, by = key): Promise<Buffer> =>
  buffer(Readable.from([sealed]).compose(decrypting(by)))
/** Ends of the three chunks of `long`. */
const HEADER = 48
const CHUNK = 4 + (1 << 20) + 16
const long = randomBytes((1 << 20) * 2 + 5)

describe('an encrypted file of a backup', () => {
  it.each([0, 1, 1 << 20, (1 << 20) + 1, long.length])('gives its %i bytes back', async (bytes) => {
    const plain = long.subarray(0, bytes)
    expect((await open(await seal(plain))).equals(plain)).toBe(true)
  })

  it('is another one each time', async () => {
    expect((await seal(long)).equals(await seal(long))).toBe(false)
  })

  it.each([
    ['before its end', -1],
    ['between two chunks', HEADER + CHUNK],
    ['within the header', 20],
    ['to nothing', 0],
  ])('is refused when it was cut %s', async (_where, end) => {
    await expect(open((await seal(long)).subarray(0, end))).rejects.toThrow(/ends too early/)
  })

  it.each([0, 20, HEADER + 1, HEADER + 4, HEADER + CHUNK - 1, HEADER + CHUNK + 9])(
    'is refused when byte %i was changed',
    async (at) => {
      const sealed = await seal(long)
      sealed[at] = (sealed[at] ?? 0) ^ 0x40
      await expect(open(sealed)).rejects.toThrow(BackupDamagedError)
    },
  )

  it('is refused when chunks were swapped, left out, or something was added', async () => {
    const sealed = await seal(long)
    const [head, one, two, rest] = [
      sealed.subarray(0, HEADER),
      sealed.subarray(HEADER, HEADER + CHUNK),
      sealed.subarray(HEADER + CHUNK, HEADER + 2 * CHUNK),
      sealed.subarray(HEADER + 2 * CHUNK),
    ]
    for (const parts of [
      [head, two, one, rest],
      [head, one, rest],
      [head, one, two, rest, Buffer.from('x')],
    ])
      await expect(open(Buffer.concat(parts))).rejects.toThrow(BackupDamagedError)
  })

  it('is refused under another key', async () => {
    await expect(open(await seal(long), randomBytes(32))).rejects.toThrow(/BACKUP_KEY is another one/)
  })
})

describe('BACKUP_KEY', () => {
  it.each([undefined, '', 'change-me', 'a'.repeat(63)])('%s is refused', (text) => {
    expect(() => backupKey(text)).toThrow(/BACKUP_KEY needs 64/)
  })
})
