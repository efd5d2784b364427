// The encryption of backup files: AES-256-GCM in chunks, each with its number and whether it is the last as
// authenticated data. What holds: a changed, swapped, missing or added byte, a cut file and another key are
// errors before the chunk's first byte is handed on, so that a reader never acts on bytes nobody wrote.
// Form: MAGIC, 32 bytes of salt, then chunks of (4 bytes length, ciphertext, 16 bytes tag).
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'

const MAGIC = Buffer.from('CHRONOS-BACKUP-1')
const SALT_BYTES = 32
const TAG_BYTES = 16
const CHUNK_BYTES = 1 << 20

export class BackupDamagedError extends Error {
  constructor(what: string) {
    super(`The backup cannot be read: ${what}.`)
    this.name = 'BackupDamagedError'
  }
}

/** @throws Error where the key is not 64 hexadecimal digits */
export function backupKey(text: string | undefined): Buffer {
  if (!/^[0-9a-f]{64}$/i.test(text ?? '')) {
    throw new Error(
      'BACKUP_KEY needs 64 hexadecimal digits (openssl rand -hex 32). Without it no backup is made or read.',
    )
  }
  return Buffer.from(text ?? '', 'hex')
}

/** A key for one use, so that no pair of key and nonce comes twice. */
export function deriveKey(key: Buffer, salt: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, use, 32))
}

function nonceOf(index: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(index), 4)
  return nonce
}

/** Encrypts what is written to it. */
export function encrypting(key: Buffer): Transform {
  const salt = randomBytes(SALT_BYTES)
  const own = deriveKey(key, salt, 'chronos backup file')
  let waiting: Buffer = Buffer.alloc(0)
  let index = 0
  let begun = false
  const seal = (stream: Transform, plain: Buffer, isLast: boolean): void => {
    if (!begun) stream.push(Buffer.concat([MAGIC, salt]))
    begun = true
    const cipher = createCipheriv('aes-256-gcm', own, nonceOf(index))
    cipher.setAAD(Buffer.from([isLast ? 1 : 0]))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(sealed.length)
    stream.push(Buffer.concat([length, sealed, cipher.getAuthTag()]))
    index += 1
  }
  return new Transform({
    transform(data: Buffer, _encoding, done: TransformCallback) {
      waiting = Buffer.concat([waiting, data])
      while (waiting.length > CHUNK_BYTES) {
        seal(this, waiting.subarray(0, CHUNK_BYTES), false)
        waiting = waiting.subarray(CHUNK_BYTES)
      }
      done()
    },
    flush(done: TransformCallback) {
      seal(this, waiting, true)
      done()
    },
  })
}

/** Decrypts what is written to it; fails with BackupDamagedError. */
export function decrypting(key: Buffer): Transform {
  let waiting: Buffer = Buffer.alloc(0)
  let own: Buffer | undefined
  let index = 0
  let ended = false
  const open = (stream: Transform, sealed: Buffer, tag: Buffer, opener: Buffer): void => {
    for (const isLast of [false, true]) {
      const decipher = createDecipheriv('aes-256-gcm', opener, nonceOf(index))
      decipher.setAAD(Buffer.from([isLast ? 1 : 0]))
      decipher.setAuthTag(tag)
      try {
        const plain = Buffer.concat([decipher.update(sealed), decipher.final()])
        stream.push(plain)
        index += 1
        ended = isLast
        return
      } catch {
        // Not of this kind; the other one may fit.
      }
    }
    throw new BackupDamagedError(
      index === 0 ? 'it was changed, or BACKUP_KEY is another one' : `it was changed in part ${index + 1}`,
    )
  }
  const take = (stream: Transform): void => {
    if (!own) {
      if (waiting.length < MAGIC.length + SALT_BYTES) return
      if (!waiting.subarray(0, MAGIC.length).equals(MAGIC))
        throw new BackupDamagedError('it is no file of a backup')
      const salt = waiting.subarray(MAGIC.length, MAGIC.length + SALT_BYTES)
      own = deriveKey(key, salt, 'chronos backup file')
      waiting = waiting.subarray(MAGIC.length + SALT_BYTES)
    }
    while (waiting.length >= 4) {
      if (ended) break
      const length = waiting.readUInt32BE(0)
      if (length > CHUNK_BYTES) throw new BackupDamagedError(`part ${index + 1} has no possible length`)
      const end = 4 + length + TAG_BYTES
      if (waiting.length < end) return
      open(stream, waiting.subarray(4, 4 + length), waiting.subarray(4 + length, end), own)
      waiting = waiting.subarray(end)
    }
    if (ended && waiting.length > 0) throw new BackupDamagedError('something was added to its end')
  }
  const guarded = (done: TransformCallback, work: () => void): void => {
    try {
      work()
    } catch (error) {
      done(error as Error)
      return
    }
    done()
  }
  return new Transform({
    transform(data: Buffer, _encoding, done: TransformCallback) {
      guarded(done, () => {
        waiting = Buffer.concat([waiting, data])
        take(this)
      })
    },
    flush(done: TransformCallback) {
      guarded(done, () => {
        if (!ended) throw new BackupDamagedError('it ends too early')
      })
    },
  })
}
