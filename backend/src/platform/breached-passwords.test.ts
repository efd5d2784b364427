import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBreachedPasswords, type BreachedPasswords } from './breached-passwords.ts'

const hashOf = (password: string): string =>
  createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase()
const stolen = Array.from({ length: 500 }, (_none, n) => `stolen password ${n}`)
/** Counts of every length, so that lines are of every length too. */
const lines = stolen.map((each, n) => `${hashOf(each)}:${10 ** (n % 9)}`).toSorted()

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'breached-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function listOf(text: string): Promise<BreachedPasswords> {
  const file = path.join(folder, crypto.randomUUID())
  await writeFile(file, text)
  return openBreachedPasswords(file)
}

describe('passwords of breaches', () => {
  it.each([
    ['with line breaks of Windows', `${lines.join('\r\n')}\r\n`],
    ['without a last line break', lines.join('\n')],
    ['of hashes alone, in small letters', lines.map((line) => line.slice(0, 40).toLowerCase()).join('\n')],
  ])('are each found in a list %s, and no others', async (_what, text) => {
    const list = await listOf(text)
    for (const password of stolen) expect([password, await list.has(password)]).toEqual([password, true])
    for (const password of stolen) expect(await list.has(`${password}!`)).toBe(false)
    await list.close()
  })

  it('are found in a list of one', async () => {
    const list = await listOf(`${hashOf('only')}:1\n`)
    expect([await list.has('only'), await list.has('other')]).toEqual([true, false])
    await list.close()
  })

  it('are not read from a file that is none, is empty, is no list of hashes or is ordered by something else', async () => {
    await expect(openBreachedPasswords(path.join(folder, 'none'))).rejects.toThrow(
      'BREACHED_PASSWORDS_FILE cannot be read',
    )
    await expect(listOf('')).rejects.toThrow('no SHA-1 hashes')
    await expect(listOf('password\n123456\n'.repeat(100))).rejects.toThrow('SHA-1')
    await expect(listOf(lines.toReversed().join('\n'))).rejects.toThrow('not ordered by hash')
  })
})
