import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { backupKey, newBackupKey } from '../../backend/src/platform/backup-key.ts'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { AGE, findProgram } from '../system-packages.ts'
import { BackupDamagedError, decrypting, encrypting } from './cipher.ts'

const key = await newBackupKey()
const place = mkdtempSync(path.join(tmpdir(), 'age of '))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const seal = (plain: Buffer, by = key, what?: string): Promise<Buffer> =>
  buffer(encrypting(by, what)(Readable.from([plain])))
const open = (sealed: Buffer, by = key, what?: string): Promise<Buffer> =>
  buffer(decrypting(by, what)(Readable.from([sealed])))
const CHUNK = (1 << 16) + 16
/** Three chunks, the last of five bytes. */
const long = randomBytes((1 << 16) * 2 + 5)
/** Where the chunks begin: after the header and 16 bytes of nonce. */
const start = (sealed: Buffer): number => sealed.indexOf('\n', sealed.indexOf('\n--- ') + 1) + 1 + 16

describe('an encrypted file of a backup', () => {
  it.each([0, 1, 1 << 16, (1 << 16) + 1, long.length])('gives its %i bytes back', async (bytes) => {
    const plain = long.subarray(0, bytes)
    expect((await open(await seal(plain))).equals(plain)).toBe(true)
    expect((await open(await seal(plain, key, 'a name'), key, 'a name')).equals(plain)).toBe(true)
  })

  it('is another one each time', async () => {
    expect((await seal(long)).equals(await seal(long))).toBe(false)
  })

  it.each([
    ['before its end', (sealed: Buffer) => sealed.length - 1],
    ['between two chunks', (sealed: Buffer) => start(sealed) + CHUNK],
    ['before its first chunk', start],
    ['within the header', () => 20],
    ['to nothing', () => 0],
  ])('is refused when it was cut %s', async (_where, end) => {
    for (const what of [undefined, 'a name']) {
      const sealed = await seal(long, key, what)
      await expect(open(sealed.subarray(0, end(sealed)), key, what)).rejects.toThrow(/cut short/)
    }
  })

  it.each([
    ['its first', () => 0],
    ['one of the line of its recipient', () => 40],
    ['one of the sum of its header', (sealed: Buffer) => start(sealed) - 20],
    ['one of its nonce', (sealed: Buffer) => start(sealed) - 1],
    ['one of its first chunk', (sealed: Buffer) => start(sealed) + 9],
    ['the tag of its first chunk', (sealed: Buffer) => start(sealed) + CHUNK - 1],
    ['one of its second chunk', (sealed: Buffer) => start(sealed) + CHUNK + 9],
    ['its last', (sealed: Buffer) => sealed.length - 1],
  ])('is refused when %s byte was changed', async (_which, at) => {
    const sealed = await seal(long)
    const index = at(sealed)
    sealed[index] = (sealed[index] ?? 0) ^ 0x01
    await expect(open(sealed)).rejects.toThrow(BackupDamagedError)
  })

  it('is refused when chunks were swapped, left out, or something was added', async () => {
    const sealed = await seal(long)
    const begin = start(sealed)
    const [head, one, two, rest] = [
      sealed.subarray(0, begin),
      sealed.subarray(begin, begin + CHUNK),
      sealed.subarray(begin + CHUNK, begin + 2 * CHUNK),
      sealed.subarray(begin + 2 * CHUNK),
    ]
    for (const parts of [
      [head, two, one, rest],
      [head, one, rest],
      [head, one, two, rest, Buffer.from('x')],
      [head, one, two, rest, rest],
    ])
      await expect(open(Buffer.concat(parts))).rejects.toThrow(BackupDamagedError)
  })

  it('is refused under another key, and hands on nothing of a chunk that was changed', async () => {
    const sealed = await seal(long)
    await expect(open(sealed, await newBackupKey())).rejects.toThrow(/BACKUP_KEY is another one/)
    const index = start(sealed) + CHUNK + 9
    sealed[index] = (sealed[index] ?? 0) ^ 0x01
    const parts: Buffer[] = []
    await expect(
      pipeline(Readable.from([sealed]), decrypting(key), async (plain: AsyncIterable<Uint8Array>) => {
        for await (const part of plain) parts.push(Buffer.from(part))
      }),
    ).rejects.toThrow(BackupDamagedError)
    expect(Buffer.concat(parts).equals(long.subarray(0, Buffer.concat(parts).length))).toBe(true)
    expect(Buffer.concat(parts).length).toBeLessThanOrEqual(1 << 16)
  })

  it('is refused when it is another one, or when somebody made it who knows the public key alone', async () => {
    const other = await newBackupKey(key.recipients[0])
    for (const sealed of [await seal(long, key, 'two'), await seal(long), await seal(long, other, 'one')])
      await expect(open(sealed, key, 'one')).rejects.toThrow(/not what it is called \(one\)/)
  })

  it('fails with what its source fails with, which is no damage', async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error('the disk is gone')) })
    await expect(buffer(decrypting(key)(broken))).rejects.toThrow('the disk is gone')
  })
})

describe('a further recipient', () => {
  it('opens what is written, and does not vouch for it', async () => {
    const offline = await newBackupKey()
    const both = await backupKey(key.identity, offline.recipients[0])
    const sealed = await seal(long, both, 'one')
    for (const by of [key, offline]) expect((await open(sealed, by)).equals(long)).toBe(true)
    await expect(open(sealed, offline, 'one')).rejects.toThrow(/not of this BACKUP_KEY/)
  })
})

// Made by Debian's age 1.1.1 for the key beside it, which is no secret of anybody's.
const VECTOR = {
  identity: 'AGE-SECRET-KEY-1MX4VN3D8EJM8RYF0ZVV0703SMZHCKWQ0F2AUWVXMJ7LZ0YTZTNUS6E6LW4',
  sealed:
    'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA0S2g0T0ZDcisrc1Q2MjZUNTlJdkFIcUFEKzhzSUsyWWFRUFhJWmtMK3djCmZXT2c3dTVFazk1bG1aQXhXTVVMbTUvb1Vkb2FFSXE4bnBZNnpCMzVJeHcKLS0tIDdYbDI5Y2lCWjZFRWJ3Nm1DcUE1NWl6blV6anl5YWZzc2ttUHpIZERnTFEKUXTWsJESpCaiaqz8uBGGlxsYmIMSsSf10rttcH+YJtOQdsKWvkd/4hsfakYTWDY=',
}

describe('age itself', () => {
  const age = findProgram(AGE) ?? ''
  const file = (name: string, content: Buffer | string): string => {
    const to = path.join(place, name)
    writeFileSync(to, content)
    return to
  }
  const identityFile = (of: BackupKey): string => file('key.txt', `# a comment\n${of.identity}\n`)

  it('wrote a file once that opens', async () => {
    const made = await open(Buffer.from(VECTOR.sealed, 'base64'), await backupKey(VECTOR.identity))
    expect(made.toString()).toBe('written by age\n')
  })

  it('opens what was written here, signed or not, and what it writes opens here', async ({ skip }) => {
    skip(age === '', 'needs age')
    for (const what of [undefined, 'a name']) {
      const sealed = file('ours.age', await seal(long, key, what))
      expect(execFileSync(age, ['-d', '-i', identityFile(key), sealed]).equals(long)).toBe(true)
    }
    const to = path.join(place, 'theirs.age')
    execFileSync(age, ['-r', key.recipients[0] ?? '', '-o', to, file('plain', long)])
    expect((await open(readFileSync(to))).equals(long)).toBe(true)
  })

  it('makes a key of its own that is taken as it prints it', async ({ skip }) => {
    skip(age === '', 'needs age')
    const printed = execFileSync(`${age}-keygen`, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const theirs = await backupKey(printed)
    expect(printed).toContain(`# public key: ${theirs.recipients[0]}\n`)
  })
})

describe('BACKUP_KEY', () => {
  const valid = key.identity
  it.each([
    undefined,
    '',
    'change-me',
    'a'.repeat(64),
    valid.slice(0, -1),
    `${valid.slice(0, -1)}${valid.endsWith('Q') ? 'P' : 'Q'}`,
    valid.replace('KEY-1', 'KEY-PQ-1'),
    key.recipients[0],
  ])('%s is refused, with what to do and without what it is', async (text) => {
    const refused = await backupKey(text).catch((error: unknown) => (error as Error).message)
    expect(refused).toMatch(/^BACKUP_KEY is no age identity .*"make backup-key" prints a new one[^\n]*$/)
    if (text) expect(refused).not.toContain(text)
  })

  it('is one key, which may have comments around it', async () => {
    expect((await backupKey(`# of the server\n\n${valid}\r\n`)).identity).toBe(valid)
    await expect(backupKey(`${valid}\n${valid}`)).rejects.toThrow(/BACKUP_KEY holds more than one key/)
  })
})

describe('BACKUP_RECIPIENTS', () => {
  it('are public keys, by commas or spaces, each once', async () => {
    const [[one], [two]] = [(await newBackupKey()).recipients, (await newBackupKey()).recipients]
    const made = await backupKey(key.identity, ` ${one}, ${two}\n${one} ${key.recipients[0]}`)
    expect(made.recipients).toEqual([key.recipients[0], one, two])
  })

  it.each(['age1nobody', 'age1pq1xyz', 'ssh-ed25519 AAAA', key.identity])('%s is none', async (text) => {
    const refused = await backupKey(key.identity, text).catch((error: unknown) => (error as Error).message)
    expect(refused).toMatch(/^BACKUP_RECIPIENTS names .* no public key of age/)
    expect(refused).not.toContain(key.identity)
  })
})
