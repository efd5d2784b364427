// The encryption of backup files: age (https://age-encryption.org/v1), so that `age -d` opens them where nothing of this
// product is. What holds: a changed, swapped, missing or added byte, a cut file and another key are errors before the
// chunk in question is handed on, so that a reader never acts on bytes nobody wrote.
//
// Whoever knows a public key can write a file that opens. A backup's manifest is signed; a file that stands alone (WAL, one
// workspace) carries a stanza of ours in its header, which age leaves aside: an HMAC over the file's own key and over what
// the file is, under a key that only BACKUP_KEY gives.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { Decrypter, Encrypter, Stanza } from 'age-encryption'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'

/** What the name of an encrypted file ends with. */
export const SEALED = '.age'
const SIGNATURE = 'chronos-hmac-sha256'
/** The last line of a header, with the line before it. */
const END_OF_HEADER = /\n--- [A-Za-z0-9+/]{43}\n/
const HEADER_BYTES = 64 * 1024

export class BackupDamagedError extends Error {
  readonly what: string

  constructor(what: string) {
    super(`The backup cannot be read: ${what}.`)
    this.what = what
    this.name = 'BackupDamagedError'
  }
}

type Source = AsyncIterable<Uint8Array>
/** A step of a pipeline. */
export type Step = (source: Source) => AsyncGenerator<Uint8Array, void>

function signatureOf(key: BackupKey, fileKey: Uint8Array, what: string): Buffer {
  return createHmac('sha256', key.signing).update('chronos file\0').update(fileKey).update(what).digest()
}

/**
 * Encrypts.
 * @param what signs the file as this, where no manifest vouches for it; `decrypting` is to be told the same
 */
export function encrypting(key: BackupKey, what?: string): Step {
  return async function* (source) {
    const encrypter = new Encrypter()
    for (const recipient of key.recipients) encrypter.addRecipient(recipient)
    if (what !== undefined)
      encrypter.addRecipient({
        wrapFileKey: (fileKey) => [new Stanza([SIGNATURE], signatureOf(key, fileKey, what))],
      })
    yield* await encrypter.encrypt(ReadableStream.from(source))
  }
}

/**
 * Decrypts; fails with BackupDamagedError.
 * @param what the file has to be signed as this
 */
export function decrypting(key: BackupKey, what?: string): Step {
  return async function* (source) {
    const decrypter = new Decrypter()
    decrypter.addIdentity(key.identity)
    let unread: Error | undefined
    // What the source fails with is no damage of the file.
    const read = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* source
      } catch (error) {
        unread = error as Error
        throw error
      }
    }
    try {
      const whole = what === undefined ? read() : await signed(key, read(), what)
      yield* await decrypter.decrypt(ReadableStream.from(whole))
    } catch (error) {
      if (unread !== undefined) throw unread
      throw error instanceof BackupDamagedError ? error : damageOf(error as Error)
    }
  }
}

function damageOf({ message }: Error): BackupDamagedError {
  return new BackupDamagedError(
    /no identity matched/.test(message)
      ? 'it was changed, or BACKUP_KEY is another one'
      : `it was changed or cut short (${message})`,
  )
}

/** The same bytes, once their header has been held to its signature. */
async function signed(key: BackupKey, source: AsyncGenerator<Uint8Array>, what: string): Promise<Source> {
  let begun = Buffer.alloc(0)
  let header: Buffer | undefined
  while (header === undefined && begun.length < HEADER_BYTES) {
    const { value, done } = await source.next()
    if (done === true) break
    begun = Buffer.concat([begun, value])
    const end = END_OF_HEADER.exec(begun.toString('latin1'))
    if (end) header = begun.subarray(0, end.index + end[0].length)
  }
  if (header === undefined) throw new BackupDamagedError('it was cut short, or is no file of age')
  await checkSignature(key, header, what)
  return (async function* () {
    yield begun
    yield* source
  })()
}

async function checkSignature(key: BackupKey, header: Buffer, what: string): Promise<void> {
  let body: Uint8Array | undefined
  const decrypter = new Decrypter()
  decrypter.addIdentity({
    unwrapFileKey(stanzas: Stanza[]) {
      body = stanzas.find(({ args }) => args[0] === SIGNATURE)?.body
      return null
    },
  })
  decrypter.addIdentity(key.identity)
  const expected = signatureOf(key, await decrypter.decryptHeader(header), what)
  if (body?.length !== expected.length || !timingSafeEqual(body, expected))
    throw new BackupDamagedError(`it is not what it is called (${what}), or not of this BACKUP_KEY`)
}
