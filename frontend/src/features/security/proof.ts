import type { SignInChallenge } from '../../lib/api-client.ts'
import type { WebauthnJson } from '../../lib/passkeys.ts'

/** Shows that it is you; exactly one of them. */
export type Proof = { code: string } | { recoveryCode: string } | { passkey: WebauthnJson }

export type ProofMethod = SignInChallenge['methods'][number]

const METHODS = ['totp', 'passkey', 'recovery_code'] as const satisfies readonly ProofMethod[]

/** The order in which ways are offered: the quickest first, recovery codes last. */
export function orderedMethods(methods: readonly ProofMethod[], passkeysHere: boolean): ProofMethod[] {
  return METHODS.filter((method) => methods.includes(method) && (method !== 'passkey' || passkeysHere))
}

/** Methods as a fragment names them, `totp,passkey`; unknown names are left out. */
export function readMethods(text: string | null): ProofMethod[] {
  const named = text?.split(',') ?? []
  return METHODS.filter((method) => named.includes(method))
}

/** The six digits of a code, however they were typed, or null where it is not whole. */
export function wholeCode(text: string): string | null {
  const digits = text.replace(/\D+/g, '')
  return digits.length === 6 ? digits : null
}
