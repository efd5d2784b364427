/**
 * An OpenID provider on this machine that speaks the real protocol (oidc-provider), with people who sign in there
 * without a page: whoever `signsIn` says. Its answers can be broken in ways that only a dishonest one would.
 */
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider, type Configuration } from 'oidc-provider'

export const CLIENT = { id: 'chronos', secret: 'client-secret-of-tests-0123456789abcdef' }

export interface ProviderPerson {
  sub: string
  email?: string
  email_verified?: boolean | string
  name?: string
  locale?: string
}

export interface ProviderDouble {
  issuer: string
  /** Who signs in at the next page for signing in; null refuses. */
  signsIn: ProviderPerson | null
  /** Changes the claims of ID tokens, which are then signed by `signer`, the provider's own key unless told. */
  forge: { claims?: (claims: Record<string, unknown>) => Record<string, unknown>; signer?: KeyObject } | null
  /** Requests to the authorization endpoint, the newest last. */
  asked: URLSearchParams[]
  /** What the token endpoint answers instead; null for the real answer. */
  tokenAnswer: { status: number; body: string } | null
  /** Takes a browser through the provider. @returns the address that it is sent back to */
  walk(url: string, jar: CookieJar): Promise<string>
  close(): Promise<void>
}

/** Cookies of one browser at one site. */
export type CookieJar = Map<string, string>

export function takeCookies(jar: CookieJar, headers: readonly string[]): void {
  for (const header of headers) {
    const [pair = '', ...attributes] = header.split('; ')
    const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
    const isOver =
      value === '' || attributes.some((each) => /^(max-age=0|expires=thu, 01 jan 1970)/i.test(each))
    if (isOver) jar.delete(name)
    else jar.set(name, value)
  }
}

export async function startOpenIdProvider(redirectUri: string): Promise<ProviderDouble> {
  const people = new Map<string, ProviderPerson>()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(issuer, configuration(redirectUri, privateKey, people))
  const double: ProviderDouble = {
    issuer,
    signsIn: null,
    forge: null,
    asked: [],
    tokenAnswer: null,
    walk,
    close: () => closed(server),
  }
  const serve = provider.callback()
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/auth') double.asked.push(url.searchParams)
    if (url.pathname.startsWith('/interaction/')) {
      void interact(provider, people, double.signsIn, request, response)
      return
    }
    if (url.pathname === '/token') {
      if (double.tokenAnswer) {
        const { status, body } = double.tokenAnswer
        response.writeHead(status, { 'content-type': 'application/json' }).end(body)
        return
      }
      if (double.forge) forging(response, privateKey, double.forge)
    }
    void serve(request, response)
  })
  return double
}

function configuration(
  redirectUri: string,
  key: KeyObject,
  people: ReadonlyMap<string, ProviderPerson>,
): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    jwks: { keys: [{ ...key.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' }] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
    cookies: { keys: ['cookies of the provider of tests'] },
    pkce: { required: () => true },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 600,
      IdToken: 600,
      Interaction: 600,
      Session: 600,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, sub) => {
      const person = people.get(sub)
      return person && { accountId: sub, claims: () => ({ ...person }) }
    },
  }
}

/** Signs in, and allows everything that is asked for. */
async function interact(
  provider: Provider,
  people: Map<string, ProviderPerson>,
  person: ProviderPerson | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  if (person === null) {
    await provider.interactionFinished(request, response, { error: 'access_denied' })
    return
  }
  people.set(person.sub, person)
  const grant = new provider.Grant({ accountId: person.sub, clientId: CLIENT.id })
  grant.addOIDCScope(String(params['scope']))
  const result = { login: { accountId: person.sub }, consent: { grantId: await grant.save() } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

/** Replaces the ID token of the answer that is about to be written. */
function forging(
  response: ServerResponse,
  own: KeyObject,
  { claims = (same) => same, signer = own }: NonNullable<ProviderDouble['forge']>,
): void {
  const end = response.end.bind(response) as (text: string) => ServerResponse
  response.end = ((text: string) => {
    const answer = JSON.parse(text) as { id_token?: string }
    if (answer.id_token === undefined) return end(text)
    const [head = '', body = ''] = answer.id_token.split('.')
    const said = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
    const forged = `${head}.${Buffer.from(JSON.stringify(claims(said))).toString('base64url')}`
    const signature = createSign('RSA-SHA256').update(forged).sign(signer, 'base64url')
    const whole = JSON.stringify({ ...answer, id_token: `${forged}.${signature}` })
    response.setHeader('content-length', Buffer.byteLength(whole))
    return end(whole)
  }) as typeof response.end
}

async function walk(url: string, jar: CookieJar): Promise<string> {
  let at = url
  for (let step = 0; step < 10; step += 1) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } })
    takeCookies(jar, answer.headers.getSetCookie())
    const location = answer.headers.get('location')
    if (location === null) throw new Error(`the provider answers ${answer.status}: ${await answer.text()}`)
    const next = new URL(location, at)
    if (next.origin !== new URL(url).origin) return next.href
    at = next.href
  }
  throw new Error('the provider sends in circles')
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => void server.close(() => resolve()))
}
