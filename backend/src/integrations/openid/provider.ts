/**
 * The operator's own OpenID provider, over the network: authorization code with PKCE (S256), state and nonce, by the
 * metadata that the provider publishes under its issuer. The ID token's signature, issuer, audience, nonce and times
 * are checked by openid-client; the signature too, although the token comes straight from the provider.
 */
import * as openid from 'openid-client'
import type { OidcConfig } from '../../config.ts'

/** What the browser takes along and brings back; each is random, and of one departure alone. */
export interface Departure {
  state: string
  nonce: string
  /** PKCE's secret, which the provider learns with the code. */
  verifier: string
  /** The person is to sign in at the provider anew, whether or not they are signed in there. */
  fresh: boolean
}

/** An account of the provider, as it tells. */
export interface ProviderAccount {
  issuer: string
  subject: string
  /** As it is spelled there; null where it tells none. */
  email: string | null
  emailVerified: boolean
  name: string | null
  locale: string | null
  /** When the person signed in there; null where it does not say. */
  signedInAt: Date | null
}

export interface OpenIdProvider {
  readonly issuer: string
  readonly name: string
  /** @throws ProviderError unavailable */
  departureUrl(departure: Departure): Promise<string>
  /**
   * @param query of the address that the browser came back to
   * @throws ProviderError refused, unavailable
   */
  arrive(query: string, departure: Departure): Promise<ProviderAccount>
}

export class ProviderError extends Error {
  readonly kind: 'refused' | 'unavailable'
  constructor(kind: 'refused' | 'unavailable', cause: unknown) {
    super(`the OpenID provider ${kind === 'refused' ? 'refused, or its answer was' : 'is not available'}`, {
      cause,
    })
    this.kind = kind
  }
}

const TIMEOUT_SECONDS = 10
/** Metadata and keys are asked for anew after an hour; keys also as soon as one is missing. */
const METADATA_MS = 3_600_000
/** How long ago a sign-in that was to be a fresh one may be. */
const FRESH_SECONDS = 300

/** @param redirectUri as it is registered at the provider */
export function createOpenIdProvider(config: OidcConfig, redirectUri: string): OpenIdProvider {
  let known: { client: Promise<openid.Configuration>; until: number } | undefined
  const client = async (): Promise<openid.Configuration> => {
    if (!known || performance.now() > known.until)
      known = { client: discover(config), until: performance.now() + METADATA_MS }
    const { client: asked } = known
    return asked.catch((error: unknown) => {
      // The next one asks again.
      if (known?.client === asked) known = undefined
      throw new ProviderError('unavailable', error)
    })
  }
  const issuer = new URL(config.issuer).href
  return {
    issuer,
    name: config.name,
    async departureUrl({ state, nonce, verifier, fresh }) {
      const url = openid.buildAuthorizationUrl(await client(), {
        redirect_uri: redirectUri,
        scope: config.scopes,
        state,
        nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        ...(fresh ? { prompt: 'login', max_age: String(FRESH_SECONDS) } : {}),
      })
      return url.href
    },
    async arrive(query, { state, nonce, verifier, fresh }) {
      const at = await client()
      try {
        const tokens = await openid.authorizationCodeGrant(at, new URL(`?${query}`, redirectUri), {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          ...(fresh ? { maxAge: FRESH_SECONDS } : {}),
        })
        const claims = tokens.claims()
        if (!claims) throw new Error('the provider gave no ID token')
        // A provider of many organisations would speak for each of them under another name.
        if (new URL(claims.iss).href !== issuer) throw new Error(`the ID token is of ${claims.iss}`)
        return accountOf(issuer, claims, await told(at, claims, tokens.access_token))
      } catch (error) {
        throw new ProviderError(isTrouble(error) ? 'unavailable' : 'refused', error)
      }
    },
  }
}

export function newDeparture(fresh: boolean): Departure {
  return {
    state: openid.randomState(),
    nonce: openid.randomNonce(),
    verifier: openid.randomPKCECodeVerifier(),
    fresh,
  }
}

function discover({ issuer, clientId, clientSecret }: OidcConfig): Promise<openid.Configuration> {
  const isPlain = issuer.startsWith('http://')
  return openid.discovery(new URL(issuer), clientId, {}, authenticationOf(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    execute: [openid.enableNonRepudiationChecks, ...(isPlain ? [openid.allowInsecureRequests] : [])],
  })
}

/** In the body where the provider says that it takes it there, else as the standard has it where nothing is said. */
function authenticationOf(secret: string | undefined): openid.ClientAuth {
  if (secret === undefined) return openid.None()
  const [post, basic] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)]
  return (server, ...rest) => {
    const takesPost = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true
    return (takesPost ? post : basic)(server, ...rest)
  }
}

/** What the ID token leaves out, many providers tell at their userinfo endpoint alone. */
async function told(
  client: openid.Configuration,
  claims: openid.IDToken,
  accessToken: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (claims['email'] !== undefined || client.serverMetadata().userinfo_endpoint === undefined) return claims
  return openid.fetchUserInfo(client, accessToken, claims.sub)
}

function accountOf(
  issuer: string,
  claims: openid.IDToken,
  more: Readonly<Record<string, unknown>>,
): ProviderAccount {
  const textOf = (name: string): string | null => {
    const value = more[name]
    return typeof value === 'string' && value !== '' && value.length <= 300 ? value : null
  }
  return {
    issuer,
    subject: claims.sub,
    email: textOf('email'),
    // The word and nothing like it.
    emailVerified: more['email_verified'] === true,
    name: textOf('name') ?? textOf('preferred_username'),
    locale: textOf('locale'),
    signedInAt: typeof claims.auth_time === 'number' ? new Date(claims.auth_time * 1000) : null,
  }
}

const TROUBLE: ReadonlySet<string | undefined> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
])

/** Nobody was refused: the provider does not answer, answers with trouble of its own, or does not know this server. */
function isTrouble(error: unknown): boolean {
  if (error instanceof openid.ResponseBodyError) return error.error !== 'invalid_grant'
  if (error instanceof openid.AuthorizationResponseError)
    return error.error === 'server_error' || error.error === 'temporarily_unavailable'
  if (error instanceof openid.ClientError) return TROUBLE.has(error.code)
  return error instanceof openid.WWWAuthenticateChallengeError || error instanceof TypeError
}
