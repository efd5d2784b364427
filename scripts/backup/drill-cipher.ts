// How fast backups are encrypted and read again, without database, disk or compression: what the drill's other figures
// have in them of it. Beside it the same in the processor's own instructions, as OpenSSL does it.
import { createCipheriv, randomBytes } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BackupKey } from '../../backend/src/platform/backup-key.ts'
import { decrypting, encrypting } from './cipher.ts'

const PIECE_BYTES = 1 << 16

export interface CipherRates {
  /** Megabytes a second. */
  encrypt: number
  decrypt: number
  /** OpenSSL's ChaCha20-Poly1305 in pieces of the same size. */
  bare: number
}

function* pieces(count: number): Generator<Buffer> {
  const piece = randomBytes(PIECE_BYTES)
  for (let made = 0; made < count; made += 1) yield piece
}

const nowhere = (): Writable => new Writable({ write: (_piece, _encoding, done) => done() })

/** Both ways at once would share the core: what is read again is made before the clock starts. */
export async function cipherRates(key: BackupKey, megabytes: number): Promise<CipherRates> {
  const count = Math.ceil((megabytes * 1e6) / PIECE_BYTES)
  const rate = async (work: () => void | Promise<void>): Promise<number> => {
    const started = performance.now()
    await work()
    return (count * PIECE_BYTES) / 1e6 / ((performance.now() - started) / 1000)
  }
  const sealed: Uint8Array[] = []
  const encrypt = await rate(() =>
    pipeline(Readable.from(pieces(count)), encrypting(key), async (made: AsyncIterable<Uint8Array>) => {
      for await (const piece of made) sealed.push(piece)
    }),
  )
  const decrypt = await rate(() => pipeline(Readable.from(sealed), decrypting(key), nowhere()))
  const bare = await rate(() => {
    for (const piece of pieces(count)) {
      const cipher = createCipheriv('chacha20-poly1305', randomBytes(32), Buffer.alloc(12), {
        authTagLength: 16,
      })
      cipher.update(piece)
      cipher.final()
    }
  })
  return { encrypt, decrypt, bare }
}
