/**
 * A browser with an authenticator, in software: makes passkeys (ES256, no attestation) and signs with them as WebAuthn
 * says. Everything that an attacker would bend can be bent.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

type Json = Record<string, unknown>

export interface Bent {
  origin?: string
  rpId?: string
  /** Without it, nobody has shown that they are the authenticator's owner. */
  userVerified?: boolean
  counter?: number
  challenge?: string
  userHandle?: string | null
  type?: string
}

const FLAGS = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10, attested: 0x40 }
const text = (value: string | Buffer | Uint8Array): string => Buffer.from(value).toString('base64url')
const sha256 = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest()

export class Authenticator {
  readonly id = randomBytes(32)
  readonly #keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
  })
  readonly #origin: string
  readonly #synced: boolean
  #userHandle: string | null = null
  counter = 0

  constructor(origin: string, options: { synced?: boolean } = {}) {
    this.#origin = origin
    this.#synced = options.synced ?? false
  }

  /** navigator.credentials.create, given its options as JSON. */
  create(options: Json, bent: Bent = {}): Json {
    const user = options['user'] as { id: string }
    this.#userHandle = user.id
    const attestationObject = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(this.#authenticatorData(bent, this.#rpIdOf(options), this.#attested()))],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    )
    return {
      ...this.#named(),
      response: {
        clientDataJSON: text(this.#clientData('webauthn.create', options, bent)),
        attestationObject: text(attestationObject),
        transports: ['internal', 'hybrid'],
      },
    }
  }

  /** navigator.credentials.get, given its options as JSON. */
  get(options: Json, bent: Bent = {}): Json {
    this.counter += 1
    const clientData = this.#clientData('webauthn.get', options, bent)
    const data = this.#authenticatorData(bent, this.#rpIdOf(options))
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), this.#keys.privateKey)
    return {
      ...this.#named(),
      response: {
        clientDataJSON: text(clientData),
        authenticatorData: text(data),
        signature: text(signature),
        userHandle: bent.userHandle === undefined ? this.#userHandle : bent.userHandle,
      },
    }
  }

  #named(): Json {
    return { id: text(this.id), rawId: text(this.id), type: 'public-key', clientExtensionResults: {} }
  }

  #rpIdOf(options: Json): string {
    return String((options['rp'] as { id?: string } | undefined)?.id ?? options['rpId'])
  }

  #clientData(type: string, options: Json, bent: Bent): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: bent.type ?? type,
        challenge: bent.challenge ?? options['challenge'],
        origin: bent.origin ?? this.#origin,
        crossOrigin: false,
      }),
    )
  }

  #authenticatorData(bent: Bent, rpId: string, attested: Buffer = Buffer.alloc(0)): Buffer {
    const flags =
      FLAGS.present |
      (bent.userVerified === false ? 0 : FLAGS.verified) |
      (this.#synced ? FLAGS.eligible | FLAGS.backedUp : 0) |
      (attested.length > 0 ? FLAGS.attested : 0)
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(bent.counter ?? this.counter)
    return Buffer.concat([sha256(bent.rpId ?? rpId), Buffer.from([flags]), counter, attested])
  }

  /** Model (none), credential id with its length, public key in COSE. */
  #attested(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const key = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    )
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.id.length)
    return Buffer.concat([Buffer.alloc(16), length, this.id, Buffer.from(key)])
  }
}
