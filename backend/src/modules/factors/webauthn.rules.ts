/**
 * What browsers send of a passkey, held to its shape before the library reads it, and where it must come from: pages of
 * PUBLIC_URL and no others.
 */
import { z } from 'zod'

export interface RelyingParty {
  id: string
  origin: string
  name: string
}

export function relyingPartyOf(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl)
  return { id: hostname, origin, name: 'CHRONOS' }
}

const Bytes = z
  .string()
  .min(1)
  .max(20_000)
  .regex(/^[\w-]+$/)
const shared = {
  id: Bytes.max(1400),
  rawId: Bytes.max(1400),
  type: z.literal('public-key'),
  clientExtensionResults: z.object({}).default({}),
}
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const

/** Of navigator.credentials.create. */
export const Registration = z.object({
  ...shared,
  response: z.object({
    clientDataJSON: Bytes,
    attestationObject: Bytes,
    transports: z.array(z.string().max(20)).max(10).default([]),
  }),
})

/** Of navigator.credentials.get. */
export const Assertion = z.object({
  ...shared,
  response: z.object({
    clientDataJSON: Bytes,
    authenticatorData: Bytes,
    signature: Bytes,
    userHandle: Bytes.nullish(),
  }),
})
export type Assertion = z.infer<typeof Assertion>

/** Transports that we know; a browser may name others. */
export function knownTransports(names: readonly string[]): string[] {
  return TRANSPORTS.filter((each) => names.includes(each))
}

/** A person as authenticators keep them: the bytes of their id, which say nothing of them. */
export function userHandleOf(identityId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(identityId.replaceAll('-', ''), 'hex'))
}
