import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, Harness } from '../../../test/harness.ts'
import type { ProviderDouble, ProviderPerson } from '../../../test/openid-provider.ts'
import {
  createProviderWorld,
  somebody,
  WEB,
  whoIsIn,
  type Browser,
  type ProviderWorld,
} from '../../../test/provider-world.ts'

let world: ProviderWorld
let harness: Harness
let provider: ProviderDouble

beforeAll(async () => {
  world = await createProviderWorld()
  ;({ harness, provider } = world)
})
afterAll(() => world.close())
beforeEach(() => {
  provider.forge = null
  provider.tokenAnswer = null
})

describe('connecting an account', () => {
  const connect = (browser: Browser): Promise<Answer> => browser.request('POST', '/api/v1/me/provider')

  it('takes a proof, ends other sessions, and signs in from then on, whatever the e-mail', async () => {
    const client = await world.registered(`${crypto.randomUUID()}@home.example`)
    const browser = await world.signedIn(client)
    harness.clock.advance(16 * 60_000)
    expect((await connect(browser)).body.code).toBe('step_up_required')
    await browser.request('POST', '/api/v1/auth/step-up', { password: client.password })
    const person = somebody()
    const departure = await connect(browser)
    expect(departure.status).toBe(200)
    const page = await world.comeBack(browser, person, departure.body.url)
    expect(page.href).toBe(`${WEB}/settings/security`)
    const factors = (await browser.request('GET', '/api/v1/me/factors')).body
    expect(factors.provider).toEqual({ name: 'Example ID', connectedAt: harness.clock.now().toISOString() })
    expect((await client.get('/me')).status).toBe(401)
    expect((await connect(browser)).body.code).toBe('already_enrolled')
    const later = world.openBrowser()
    await world.trip(later, person)
    expect(await whoIsIn(later)).toBe(client.email)
    const log = await later.request('GET', '/api/v1/audit-logs?action=provider.connected')
    expect(log.body.items[0].after).toEqual({ provider: 'Example ID' })
  })

  it('is for who has shown that their e-mail is theirs', async () => {
    const client = await world.registered(`${crypto.randomUUID()}@home.example`, false)
    expect((await connect(await world.signedIn(client))).body.code).toBe('email_unverified')
  })

  it('takes no account of somebody else', async () => {
    const taken = somebody()
    await world.trip(world.openBrowser(), taken)
    const client = await world.registered(`${crypto.randomUUID()}@home.example`)
    const browser = await world.signedIn(client)
    const page = await world.comeBack(browser, taken, (await connect(browser)).body.url)
    expect(page.href).toBe(`${WEB}/settings/security?error=provider_taken`)
    expect(await world.linksOf(client.email)).toEqual([])
  })

  it('is of the session that left: not of one that ended, nor of another person who signed in since', async () => {
    const client = await world.registered(`${crypto.randomUUID()}@home.example`)
    const other = await world.registered(`${crypto.randomUUID()}@home.example`)
    const browser = await world.signedIn(client)
    const { url } = (await connect(browser)).body
    const { email, password } = other
    await browser.request('POST', '/api/v1/auth/login', { email, password })
    const page = await world.comeBack(browser, somebody(), url)
    expect(page.search).toBe('?error=session_ended')
    const ended = await world.signedIn(client)
    const departure = (await connect(ended)).body.url
    const kept = new Map(ended.jar)
    await ended.request('POST', '/api/v1/auth/logout')
    for (const [name, value] of kept) ended.jar.set(name, value)
    expect((await world.comeBack(ended, somebody(), departure)).search).toBe('?error=session_ended')
    expect([...(await world.linksOf(client.email)), ...(await world.linksOf(other.email))]).toEqual([])
  })

  it('is undone with a proof, unless it is the only way in', async () => {
    const person = somebody()
    const client = await world.registered(person.email)
    const browser = world.openBrowser()
    await world.trip(browser, person)
    const disconnect = (from: Browser): Promise<Answer> => from.request('DELETE', '/api/v1/me/provider')
    expect((await disconnect(browser)).body.code).toBe('step_up_required')
    await browser.request('POST', '/api/v1/auth/step-up', { password: client.password })
    expect((await disconnect(browser)).status).toBe(204)
    expect((await disconnect(browser)).body.code).toBe('not_found')
    expect(await world.linksOf(client.email)).toEqual([])
    expect(await world.eventsOf(client.email)).toContain('provider.disconnected')
    expect((await harness.mailTo(client.email, /desligada/)).mail.text).toContain('Example ID')

    const alone = world.openBrowser()
    const newcomer = somebody()
    await world.trip(alone, newcomer)
    await proveAgain(alone, newcomer)
    expect((await disconnect(alone)).body.code).toBe('in_use')
    expect(await world.linksOf(newcomer.email)).toEqual([newcomer.sub])
  })
})

/** By signing in at the provider anew. @returns the page that it ends at */
async function proveAgain(browser: Browser, person: ProviderPerson, next = '/'): Promise<URL> {
  const departure = await browser.request('POST', '/api/v1/auth/step-up/provider', { next })
  expect(departure.status).toBe(200)
  return world.comeBack(browser, person, departure.body.url)
}

describe('a proof by the provider', () => {
  it('is a new sign-in there, and opens dangerous acts for a quarter of an hour', async () => {
    const person = somebody()
    const browser = world.openBrowser()
    await world.trip(browser, person)
    // That one is signed in at the provider, since when it does not say, proves nothing of this moment.
    expect((await browser.request('POST', '/api/v1/me/totp')).body.code).toBe('step_up_required')
    expect((await proveAgain(browser, person, '/settings/security')).href).toBe(`${WEB}/settings/security`)
    const asked = provider.asked.at(-1)
    expect([asked?.get('prompt'), asked?.get('max_age')]).toEqual(['login', '300'])
    expect((await browser.request('POST', '/api/v1/me/totp')).status).toBe(201)
    const log = await browser.request('GET', '/api/v1/audit-logs?action=session.proved')
    expect(log.body.items[0].after).toEqual({ by: 'provider' })
  })

  it('is refused where the sign-in there is an old one, or the provider does not say when it was', async () => {
    const person = somebody()
    const browser = world.openBrowser()
    await world.trip(browser, person)
    for (const auth_time of [Math.floor(Date.now() / 1000) - 3600, undefined]) {
      provider.forge = { claims: (said) => ({ ...said, auth_time }) }
      expect((await proveAgain(browser, person)).search).toBe('?error=provider_refused')
    }
    expect((await browser.request('POST', '/api/v1/me/totp')).body.code).toBe('step_up_required')
  })

  it('is refused with another account than the one that is connected', async () => {
    const person = somebody()
    const browser = world.openBrowser()
    await world.trip(browser, person)
    browser.atProvider.clear()
    const page = await proveAgain(browser, somebody())
    expect(page.href).toBe(`${WEB}/settings/security?error=provider_refused`)
    expect((await browser.request('POST', '/api/v1/me/totp')).body.code).toBe('step_up_required')
    expect(await world.eventsOf(person.email)).toContain('session.refused')
  })

  it('stands in for no second factor, and is not for who does not sign in with the provider', async () => {
    const prove = (from: Browser): Promise<Answer> =>
      from.request('POST', '/api/v1/auth/step-up/provider', {})
    const client = await world.registered(`${crypto.randomUUID()}@home.example`)
    expect((await prove(await world.signedIn(client))).body.code).toBe('not_ready')
    const person = somebody()
    const browser = world.openBrowser()
    await world.trip(browser, person)
    await harness.database.admin.query(
      `insert into control.totp_factors (identity_id, secret, created_at, confirmed_at)
       select id, 'x.y', now(), now() from control.identities where email = $1`,
      [person.email],
    )
    expect((await prove(browser)).body.code).toBe('not_ready')
  })
})
