/** Second factors, passkeys and step-up. */
import { z } from 'zod'
import { IncludeRefreshToken, SessionAnswer } from './auth.ts'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams } from './ids.ts'
import { lineOf } from './text.ts'

/** Six digits of an authenticator app; blanks between them are taken. */
export const TotpCode = z
  .string()
  .max(20)
  .transform((text) => text.replace(/\s+/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, { error: 'Six digits' }))
const RecoveryCode = z
  .string()
  .max(40)
  .transform((text) => text.replace(/[\s-]+/g, '').toLowerCase())
  .pipe(z.string().min(8).max(32))
/** WebAuthn's JSON, made and read by the library of each side; its shape is the standard's. */
const WebauthnJson = z.record(z.string(), z.unknown())

/** Exactly one of them. */
const ProofParts = {
  code: TotpCode.optional(),
  recoveryCode: RecoveryCode.optional(),
  passkey: WebauthnJson.optional().meta({ description: 'The answer of navigator.credentials.get, as JSON' }),
}

const base = { tag: 'Second factors', auth: 'session', permission: null } as const
const signIn = { tag: 'Auth', auth: 'public', permission: null, rate: 'authentication' } as const

export const provideSecondFactor = endpoint({
  ...signIn,
  id: 'provideSecondFactor',
  method: 'POST',
  path: '/auth/second-factor',
  summary: 'Finish a sign-in that was answered with second_factor_required',
  body: z.strictObject({
    challenge: z.string().min(20).max(200),
    ...ProofParts,
    includeRefreshToken: IncludeRefreshToken,
  }),
  status: 200,
  response: SessionAnswer,
  errors: ['invalid_code', 'passkey_refused', 'link_invalid', 'workspace_suspended', 'too_many_requests'],
})

export const secondFactorOptions = endpoint({
  ...signIn,
  id: 'getSecondFactorOptions',
  method: 'POST',
  path: '/auth/second-factor/passkey-options',
  summary: 'What navigator.credentials.get needs to finish a sign-in with a passkey',
  body: z.strictObject({ challenge: z.string().min(20).max(200) }),
  status: 200,
  response: WebauthnJson,
  errors: ['link_invalid', 'passkey_refused'],
})

export const passkeySignInOptions = endpoint({
  ...signIn,
  id: 'getPasskeySignInOptions',
  method: 'POST',
  path: '/auth/passkey/options',
  summary: 'What navigator.credentials.get needs to sign in with a passkey alone',
  status: 200,
  response: z.object({ challenge: z.string(), options: WebauthnJson }),
})

export const signInWithPasskey = endpoint({
  ...signIn,
  id: 'signInWithPasskey',
  method: 'POST',
  path: '/auth/passkey',
  summary: 'Sign in with a passkey, which is both factors',
  body: z.strictObject({
    challenge: z.string().min(20).max(200),
    passkey: WebauthnJson,
    tenantId: z.guid().optional(),
    includeRefreshToken: IncludeRefreshToken,
  }),
  status: 200,
  response: SessionAnswer,
  errors: ['passkey_refused', 'link_invalid', 'workspace_suspended'],
})

export const stepUp = endpoint({
  ...base,
  id: 'stepUp',
  method: 'POST',
  path: '/auth/step-up',
  enrolment: true,
  rate: 'authentication',
  summary: 'Prove again that it is you. With a second factor, that one; else the password',
  body: z.strictObject({ password: z.string().min(1).max(256).optional(), ...ProofParts }),
  status: 200,
  response: z.object({ provedUntil: Instant }),
  errors: ['invalid_credentials', 'invalid_code', 'passkey_refused', 'too_many_requests'],
})

export const stepUpOptions = endpoint({
  ...base,
  id: 'getStepUpOptions',
  method: 'POST',
  path: '/auth/step-up/passkey-options',
  enrolment: true,
  rate: 'authentication',
  summary: 'What navigator.credentials.get needs for a step-up with a passkey',
  status: 200,
  response: WebauthnJson,
  errors: ['passkey_refused'],
})

export const Passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: Instant,
    lastUsedAt: Instant.nullable(),
    synced: z.boolean().meta({ description: 'Kept by a password manager, not by one device alone' }),
  })
  .meta({ id: 'Passkey' })
export type Passkey = z.infer<typeof Passkey>

export const Factors = z
  .object({
    hasPassword: z.boolean(),
    totp: z.object({ enabled: z.boolean(), since: Instant.nullable() }),
    passkeys: z.array(Passkey),
    recoveryCodesLeft: z.int(),
    provider: z.object({ name: z.string(), connectedAt: Instant.nullable() }).nullable().meta({
      description: "The operator's own OpenID provider, and since when the person signs in with it",
    }),
    demanded: z.boolean().meta({ description: 'The workspace demands a second factor of its members' }),
  })
  .meta({ id: 'Factors' })
export type Factors = z.infer<typeof Factors>

export const getFactors = endpoint({
  ...base,
  id: 'getFactors',
  method: 'GET',
  path: '/me/factors',
  enrolment: true,
  summary: 'How the person signs in',
  status: 200,
  response: Factors,
})

export const startTotp = endpoint({
  ...base,
  id: 'startTotp',
  method: 'POST',
  path: '/me/totp',
  enrolment: true,
  stepUp: true,
  summary: 'Make a secret for an authenticator app; nothing is on until a code of it is confirmed',
  status: 201,
  response: z.object({
    secret: z.string().meta({ description: 'Base32, for typing' }),
    uri: z.string().meta({ description: 'otpauth:// address, for a QR code' }),
  }),
  errors: ['already_enrolled'],
})

export const RecoveryCodes = z
  .object({ recoveryCodes: z.array(z.string()).meta({ description: 'Shown once; each works once' }) })
  .meta({ id: 'RecoveryCodes' })

export const confirmTotp = endpoint({
  ...base,
  id: 'confirmTotp',
  method: 'POST',
  path: '/me/totp/confirm',
  enrolment: true,
  stepUp: true,
  rate: 'authentication',
  summary: 'Turn the authenticator app on with a code of it; ends every other session',
  body: z.strictObject({ code: TotpCode }),
  status: 200,
  response: RecoveryCodes,
  errors: ['invalid_code', 'not_ready', 'too_many_requests'],
})

export const removeTotp = endpoint({
  ...base,
  id: 'removeTotp',
  method: 'DELETE',
  path: '/me/totp',
  stepUp: true,
  summary: 'Turn the authenticator app off; ends every other session',
  status: 204,
  response: null,
  errors: ['not_found'],
})

export const renewRecoveryCodes = endpoint({
  ...base,
  id: 'renewRecoveryCodes',
  method: 'POST',
  path: '/me/recovery-codes',
  enrolment: true,
  stepUp: true,
  summary: 'Make new recovery codes; the old ones are void',
  status: 201,
  response: RecoveryCodes,
  errors: ['not_ready'],
})

export const passkeyOptions = endpoint({
  ...base,
  id: 'getPasskeyOptions',
  method: 'POST',
  path: '/me/passkeys/options',
  enrolment: true,
  stepUp: true,
  summary: 'What navigator.credentials.create needs to make a passkey',
  status: 200,
  response: WebauthnJson,
})

export const createPasskey = endpoint({
  ...base,
  id: 'createPasskey',
  method: 'POST',
  path: '/me/passkeys',
  enrolment: true,
  stepUp: true,
  rate: 'authentication',
  summary: 'Keep a passkey that the browser made; the first one brings recovery codes',
  body: z.strictObject({ name: lineOf(1, 60), passkey: WebauthnJson }),
  status: 201,
  response: z.object({ passkey: Passkey, recoveryCodes: z.array(z.string()).nullable() }),
  errors: ['passkey_refused', 'already_enrolled'],
})

export const renamePasskey = endpoint({
  ...base,
  id: 'renamePasskey',
  method: 'PATCH',
  path: '/me/passkeys/{id}',
  summary: 'Give a passkey another name',
  params: IdParams,
  body: z.strictObject({ name: lineOf(1, 60) }),
  status: 200,
  response: Passkey,
})

export const deletePasskey = endpoint({
  ...base,
  id: 'deletePasskey',
  method: 'DELETE',
  path: '/me/passkeys/{id}',
  stepUp: true,
  summary: 'Forget a passkey',
  params: IdParams,
  status: 204,
  response: null,
  errors: ['in_use'],
})
