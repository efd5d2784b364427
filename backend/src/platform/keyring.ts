/**
 * Encryption of single columns: AES-256-GCM under a key of ENCRYPTION_KEY, or, for reading, of one before it. The key's
 * id stands in front, and tenant and column are bound to the ciphertext as additional data: a value that was copied to
 * another row, column or tenant does not open.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import type { EncryptedColumn } from './encrypted-columns.ts'

/** Where a value belongs. Columns under ENCRYPTION_KEY are those that `make rotate-keys` knows. */
export interface Place<Column extends string = EncryptedColumn> {
  /** Its tenant; of control-plane tables, the person, operator or the like. */
  owner: string
  /** As `control.totp_factors.secret`. */
  column: Column
}

export interface Keyring<Column extends string = EncryptedColumn> {
  /** Id of the key that new values get: `make rotate-keys` writes anew what has another. */
  readonly currentId: string
  /** @returns text: `<key id>.<nonce><ciphertext><tag>` in base64url */
  seal(plain: string, place: Place<Column>): string
  /** @throws Error when the key is not known, or the value was changed or moved */
  open(sealed: string, place: Place<Column>): string
  /** Id of the key that a value was sealed with. */
  keyOf(sealed: string): string
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

interface Key {
  id: string
  bytes: Buffer
}

/**
 * @param current 64 hexadecimal digits
 * @param previous keys that old values may still have
 */
export function createKeyring<Column extends string = EncryptedColumn>(
  current: string,
  previous: readonly string[] = [],
): Keyring<Column> {
  const keys = [current, ...previous].map(keyFrom)
  const [newest] = keys
  if (!newest) throw new Error('a keyring needs a key')
  const byId = new Map(keys.map((key) => [key.id, key]))
  return {
    currentId: newest.id,
    seal(plain, place) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', newest.bytes, nonce)
      cipher.setAAD(bindingOf(newest.id, place))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return `${newest.id}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`
    },
    open(sealed, place) {
      const key = byId.get(keyOf(sealed))
      if (!key) throw new Error(`${place.column} was encrypted with a key that is not configured`)
      const bytes = Buffer.from(sealed.slice(key.id.length + 1), 'base64url')
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error(`${place.column} holds no encrypted value`)
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(bindingOf(key.id, place))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    },
    keyOf,
  }
}

function keyOf(sealed: string): string {
  return sealed.slice(0, Math.max(0, sealed.indexOf('.')))
}

function keyFrom(text: string): Key {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new Error('an encryption key is 64 hexadecimal digits')
  const master = Buffer.from(text, 'hex')
  const bytes = Buffer.from(hkdfSync('sha256', master, 'chronos', 'column encryption', 32))
  const id = `k${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`
  return { id, bytes }
}

/** Parts of known lengths, so that no two places are bound alike. */
function bindingOf(keyId: string, { owner, column }: Place<string>): Buffer {
  return Buffer.from([keyId, owner, column].map((part) => `${Buffer.byteLength(part)}:${part}`).join(''))
}
