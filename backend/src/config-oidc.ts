/** What config.ts reads of the operator's own OpenID provider. */
import { z } from 'zod'

const text = z
  .string()
  .trim()
  .optional()
  .transform((value) => (value === '' ? undefined : value))

export const OIDC_VARIABLES = {
  OIDC_ISSUER: text,
  OIDC_CLIENT_ID: text,
  OIDC_CLIENT_SECRET: text,
  OIDC_NAME: text,
  OIDC_SCOPES: z
    .string()
    .trim()
    .regex(/^openid( [\w.:/-]+)*$/, { error: 'begins with openid, scopes by blanks' })
    .default('openid email profile'),
}

export interface OidcConfig {
  issuer: string
  clientId: string
  /** Undefined for a public client, which PKCE alone proves. */
  clientSecret: string | undefined
  /** What buttons call it. */
  name: string
  scopes: string
}

const Variables = z.object(OIDC_VARIABLES)

/**
 * Undefined where there is no provider.
 * @throws Error for one half of the settings, and for an issuer that somebody on the way could play
 */
export function oidcOf(env: z.infer<typeof Variables>, environment: string): OidcConfig | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = env
  if (issuer === undefined && clientId === undefined) return undefined
  if (issuer === undefined || clientId === undefined)
    throw new Error('OIDC_ISSUER and OIDC_CLIENT_ID belong together: set both, or neither')
  const url = URL.canParse(issuer) ? new URL(issuer) : null
  const isOwnMachine = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1'
  const isPlain = url?.protocol === 'http:' && isOwnMachine && environment !== 'production'
  if (!url || (url.protocol !== 'https:' && !isPlain))
    throw new Error('OIDC_ISSUER is an https:// address (http:// on this machine alone, never in production)')
  return {
    issuer,
    clientId,
    clientSecret: env.OIDC_CLIENT_SECRET,
    name: env.OIDC_NAME ?? url.hostname,
    scopes: env.OIDC_SCOPES,
  }
}
