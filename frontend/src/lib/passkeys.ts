/** The browser's side of passkeys. The library comes with the first use: it is no part of the first load. */
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser'

/** WebAuthn's JSON as the contracts carry it. */
export type WebauthnJson = Record<string, unknown>

export type PasskeyTrouble = 'cancelled' | 'already_here' | 'unsupported' | 'failed'

/** Why the browser gave no passkey. */
export class PasskeyError extends Error {
  readonly trouble: PasskeyTrouble

  constructor(trouble: PasskeyTrouble, cause: unknown) {
    super(trouble, { cause })
    this.name = 'PasskeyError'
    this.trouble = trouble
  }
}

export function canUsePasskeys(): boolean {
  return typeof window !== 'undefined' && typeof window.PublicKeyCredential === 'function'
}

/** Browsers name what happened; `NotAllowedError` is a person who said no, or a time-out. */
export function troubleOf(error: unknown): PasskeyTrouble {
  const name = error instanceof Error ? error.name : ''
  if (name === 'NotAllowedError' || name === 'AbortError') return 'cancelled'
  if (name === 'InvalidStateError') return 'already_here'
  if (name === 'NotSupportedError' || name === 'SecurityError') return 'unsupported'
  return 'failed'
}

/** @throws PasskeyError */
export async function makePasskey(options: WebauthnJson): Promise<WebauthnJson> {
  const { startRegistration } = await import('@simplewebauthn/browser')
  try {
    const optionsJSON = options as unknown as PublicKeyCredentialCreationOptionsJSON
    return { ...(await startRegistration({ optionsJSON })) }
  } catch (error) {
    throw new PasskeyError(troubleOf(error), error)
  }
}

/** @throws PasskeyError */
export async function presentPasskey(options: WebauthnJson): Promise<WebauthnJson> {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  try {
    const optionsJSON = options as unknown as PublicKeyCredentialRequestOptionsJSON
    return { ...(await startAuthentication({ optionsJSON })) }
  } catch (error) {
    throw new PasskeyError(troubleOf(error), error)
  }
}
