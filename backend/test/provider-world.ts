/**
 * People who come through an OpenID provider: browsers with cookies here and there, and an application that knows the
 * provider of openid-provider.ts.
 */
import { expect } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'
import {
  CLIENT,
  startOpenIdProvider,
  takeCookies,
  type CookieJar,
  type ProviderDouble,
  type ProviderPerson,
} from './openid-provider.ts'

export const WEB = 'http://localhost:3000'
export const CALLBACK = '/api/v1/auth/provider/callback'
export const START = '/api/v1/auth/provider/start'

/** A browser with its cookies, here and at the provider. */
export interface Browser {
  jar: CookieJar
  atProvider: CookieJar
  request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>
}

export interface ProviderWorld {
  harness: Harness
  provider: ProviderDouble
  openBrowser(at?: Harness): Browser
  /** To the provider, where somebody signs in (null refuses), and back. @returns the page of the web that it ends at */
  trip(browser: Browser, person: ProviderPerson | null, query?: string): Promise<URL>
  /** The second half of it, for who has left already. */
  comeBack(browser: Browser, person: ProviderPerson | null, url: string): Promise<URL>
  /** Somebody with a password here, whose e-mail is verified unless told otherwise. */
  registered(email: string, verified?: boolean): Promise<Client>
  /** The same person in a browser. */
  signedIn(client: Client): Promise<Browser>
  /** Subjects at the provider that are this person here. */
  linksOf(email: string): Promise<string[]>
  eventsOf(email: string): Promise<string[]>
  close(): Promise<void>
}

export function settings(issuer: string): Record<string, string> {
  return {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: CLIENT.id,
    OIDC_CLIENT_SECRET: CLIENT.secret,
    OIDC_NAME: 'Example ID',
  }
}

let people = 0

/** Somebody at the provider whom nobody here knows. */
export function somebody(overrides: Partial<ProviderPerson> = {}): ProviderPerson & { email: string } {
  people += 1
  const sub = `subject-${people}`
  const person = { sub, email_verified: true, name: `Nadia ${people}`, ...overrides }
  return { ...person, email: person.email ?? `${sub}@corp.example` }
}

export function locationOf(answer: Answer): URL {
  expect(answer.status).toBe(302)
  return new URL(String(answer.headers['location']))
}

export async function whoIsIn(browser: Browser): Promise<string | null> {
  const me = await browser.request('GET', '/api/v1/me')
  return me.status === 200 ? me.body.user.email : null
}

export async function createProviderWorld(): Promise<ProviderWorld> {
  const provider = await startOpenIdProvider(`${WEB}${CALLBACK}`)
  const harness = await createHarness({ environment: settings(provider.issuer) })
  await harness.startJobs()
  const { admin } = harness.database
  const openBrowser = (at: Harness = harness): Browser => browserOf(at)
  const comeBack: ProviderWorld['comeBack'] = async (browser, person, url) => {
    provider.signsIn = person
    const back = new URL(await provider.walk(url, browser.atProvider))
    expect(`${back.origin}${back.pathname}`).toBe(`${WEB}${CALLBACK}`)
    return locationOf(await browser.request('GET', back.pathname + back.search))
  }
  return {
    harness,
    provider,
    openBrowser,
    comeBack,
    async trip(browser, person, query = '') {
      const away = locationOf(await browser.request('GET', `${START}${query}`))
      return comeBack(browser, person, away.href)
    },
    async registered(email, verified = true) {
      const client = await harness.signUp({ email })
      if (verified)
        await admin.query('update control.identities set email_verified_at = now() where email = $1', [email])
      // Signs in again, so that the session knows of it.
      const body = { email, password: client.password, includeRefreshToken: true }
      const answer = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload: body })
      return harness.clientFor(answer.body, client)
    },
    async signedIn({ email, password }) {
      const browser = openBrowser()
      expect((await browser.request('POST', '/api/v1/auth/login', { email, password })).status).toBe(200)
      return browser
    },
    async linksOf(email) {
      const { rows } = await admin.query<{ subject: string }>(
        `select subject from control.provider_links l join control.identities i on i.id = l.identity_id
         where email = $1`,
        [email],
      )
      return rows.map((row) => row.subject)
    },
    async eventsOf(email) {
      const { rows } = await admin.query<{ event: string }>(
        `select event from control.security_events e join control.identities i on i.id = e.identity_id
         where email = $1 order by e.at, e.id`,
        [email],
      )
      return rows.map((row) => row.event)
    },
    async close() {
      await harness.close()
      await provider.close()
    },
  }
}

function browserOf(at: Harness): Browser {
  const jar: CookieJar = new Map()
  return {
    jar,
    atProvider: new Map(),
    async request(method, path, body) {
      const csrf = jar.get('chronos_csrf')
      const answer = await at.request({
        method,
        url: path,
        cookies: Object.fromEntries(jar),
        headers: {
          'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
          ...(csrf === undefined ? {} : { 'x-csrf-token': csrf, origin: WEB }),
        },
        ...(body === undefined ? {} : { payload: body }),
      })
      takeCookies(jar, [answer.headers['set-cookie'] ?? []].flat().map(String))
      return answer
    },
  }
}
