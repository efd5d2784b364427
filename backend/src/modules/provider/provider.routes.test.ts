import { generateKeyPairSync } from 'node:crypto'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../../test/harness.ts'
import {
  CLIENT,
  startOpenIdProvider,
  type ProviderDouble,
  type ProviderPerson,
} from '../../../test/openid-provider.ts'
import {
  CALLBACK,
  createProviderWorld,
  locationOf,
  settings,
  somebody,
  START,
  WEB,
  whoIsIn,
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

describe('leaving for the provider', () => {
  it('asks for a code with PKCE, state and nonce, each of this departure alone', async () => {
    await world.trip(world.openBrowser(), somebody())
    await world.trip(world.openBrowser(), somebody())
    const [first, second] = provider.asked.slice(-2)
    expect(Object.fromEntries(first ?? [])).toMatchObject({
      response_type: 'code',
      client_id: CLIENT.id,
      redirect_uri: `${WEB}${CALLBACK}`,
      scope: 'openid email profile',
      code_challenge_method: 'S256',
    })
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(first?.get(name)?.length).toBeGreaterThan(40)
      expect(first?.get(name)).not.toBe(second?.get(name))
    }
  })

  it('gives the browser a cookie that no script reads and no other site sends, for ten minutes', async () => {
    const answer = await world.openBrowser().request('GET', START)
    const [cookie = ''] = [answer.headers['set-cookie'] ?? []].flat().map(String)
    expect(cookie).toMatch(/^chronos_provider=\S+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
    const state = locationOf(answer).searchParams.get('state') ?? ''
    expect(cookie).not.toContain(state)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it('is offered by name', async () => {
    const { body } = await world.openBrowser().request('GET', '/api/v1/auth/options')
    expect(body.provider).toEqual({ name: 'Example ID' })
  })
})

describe('coming back', () => {
  it('signs a new person in, with a workspace of their own and a verified e-mail', async () => {
    const browser = world.openBrowser()
    const person = somebody({ name: 'Nádia Prado', locale: 'pt_BR' })
    expect((await world.trip(browser, person)).href).toBe(`${WEB}/`)
    const { body: me } = await browser.request('GET', '/api/v1/me')
    expect(me.user).toMatchObject({
      name: 'Nádia Prado',
      email: person.email,
      locale: 'pt-BR',
      role: 'owner',
      emailVerified: true,
    })
    expect(me.tenant).toMatchObject({ name: 'Nádia Prado', currency: 'BRL' })
    const sessions = await browser.request('GET', '/api/v1/me/sessions')
    expect(sessions.body.items[0].method).toBe('provider')
    const log = await browser.request('GET', '/api/v1/audit-logs?action=session.started')
    expect(log.body.items[0].after).toEqual({ method: 'provider' })
  })

  it('knows the account again by its subject, whatever became of its e-mail', async () => {
    const person = somebody()
    const browser = world.openBrowser()
    await world.trip(browser, person)
    await world.registered('moved@corp.example')
    const again = world.openBrowser()
    await world.trip(again, { ...person, email: 'moved@corp.example' })
    expect(await whoIsIn(again)).toBe(person.email)
    const unverified = world.openBrowser()
    await world.trip(unverified, { ...person, email_verified: false })
    expect(await whoIsIn(unverified)).toBe(person.email)
  })

  it('goes on where the person wanted to go, and never to another site', async () => {
    const person = somebody()
    const to = async (next: string): Promise<string> =>
      (await world.trip(world.openBrowser(), person, `?next=${encodeURIComponent(next)}`)).href
    expect(await to('/transactions?account=1#top')).toBe(`${WEB}/transactions?account=1#top`)
    for (const elsewhere of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '/\t/evil.example/',
      '/..//evil.example/',
      'javascript:alert(1)',
    ])
      expect(await to(elsewhere)).toBe(`${WEB}/`)
  })

  it('asks for the second factor of who has one', async () => {
    const person = somebody()
    const client = await world.registered(person.email)
    const { secret } = (await client.post('/me/totp')).body
    const code = (): string =>
      generateSync({ secret, epoch: Math.floor(harness.clock.now().getTime() / 1000) })
    expect((await client.post('/me/totp/confirm', { code: code() })).status).toBe(200)
    harness.clock.advance(60_000)
    const browser = world.openBrowser()
    const page = await world.trip(browser, person, '?next=%2Fbudgets')
    expect([page.pathname, page.search]).toEqual(['/sign-in', '?next=%2Fbudgets'])
    expect(await whoIsIn(browser)).toBeNull()
    const fragment = new URLSearchParams(page.hash.slice(1))
    expect(fragment.get('methods')).toBe('totp,recovery_code')
    const proved = await browser.request('POST', '/api/v1/auth/second-factor', {
      challenge: fragment.get('challenge'),
      code: code(),
    })
    expect(proved.status).toBe(200)
    expect(await whoIsIn(browser)).toBe(person.email)
  })

  it('takes an answer once, in the browser that asked for it, within ten minutes', async () => {
    const [mine, others] = [world.openBrowser(), world.openBrowser()]
    const away = locationOf(await mine.request('GET', START))
    provider.signsIn = somebody()
    const back = new URL(await provider.walk(away.href, mine.atProvider))
    const path = back.pathname + back.search
    const refused = `${WEB}/sign-in?error=provider_refused`
    // Without a cookie, and with that of another departure.
    expect(locationOf(await others.request('GET', path)).href).toBe(refused)
    await others.request('GET', START)
    expect(locationOf(await others.request('GET', path)).href).toBe(refused)
    expect(await whoIsIn(others)).toBeNull()
    const kept = mine.jar.get('chronos_provider') ?? ''
    expect(locationOf(await mine.request('GET', path)).href).toBe(`${WEB}/`)
    expect(mine.jar.has('chronos_provider')).toBe(false)
    // Whoever keeps cookie and address finds the code spent.
    const thief = world.openBrowser()
    thief.jar.set('chronos_provider', kept)
    expect(locationOf(await thief.request('GET', path)).href).toBe(refused)
    expect(await whoIsIn(thief)).toBeNull()
    const slow = world.openBrowser()
    const late = locationOf(await slow.request('GET', START))
    harness.clock.advance(600_000)
    expect((await world.comeBack(slow, somebody(), late.href)).href).toBe(refused)
  })

  it.each([['another state'], ['no state']])(
    'takes no answer with %s, in the right browser too',
    async (which) => {
      const browser = world.openBrowser()
      const away = locationOf(await browser.request('GET', START))
      provider.signsIn = somebody()
      const back = new URL(await provider.walk(away.href, browser.atProvider))
      if (which === 'no state') back.searchParams.delete('state')
      else back.searchParams.set('state', 'A'.repeat(43))
      const answer = await browser.request('GET', back.pathname + back.search)
      expect(locationOf(answer).search).toBe('?error=provider_refused')
      expect(await whoIsIn(browser)).toBeNull()
    },
  )

  it('takes no cookie that somebody made up', async () => {
    const browser = world.openBrowser()
    const away = locationOf(await browser.request('GET', START))
    const sealed = browser.jar.get('chronos_provider') ?? ''
    browser.jar.set('chronos_provider', `${sealed.slice(0, -4)}AAAA`)
    expect((await world.comeBack(browser, somebody(), away.href)).search).toBe('?error=provider_refused')
  })

  it('says it where the person refuses at the provider', async () => {
    const page = await world.trip(world.openBrowser(), null, '?next=%2Fbudgets')
    expect(page.href).toBe(`${WEB}/sign-in?error=provider_refused&next=%2Fbudgets`)
  })
})

describe('an ID token', () => {
  const refused = '?error=provider_refused'
  const forged = async (forge: NonNullable<ProviderDouble['forge']>): Promise<string> => {
    const browser = world.openBrowser()
    const away = locationOf(await browser.request('GET', START))
    provider.forge = forge
    const { search } = await world.comeBack(browser, somebody(), away.href)
    expect(await whoIsIn(browser)).toEqual(search === '' ? expect.any(String) : null)
    return search
  }

  it('is taken as it is', async () => {
    expect(await forged({})).toBe('')
  })

  it('is refused with another key than the provider publishes', async () => {
    const { privateKey: signer } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    expect(await forged({ signer })).toBe(refused)
  })

  it.each([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'another-client' }],
    ['of another sign-in', { nonce: 'another-nonce' }],
    ['without a nonce', { nonce: undefined }],
    ['that has run out', { exp: 1_000_000_000 }],
    ['of nobody', { sub: undefined }],
  ])('is refused where it is one %s', async (_what, change) => {
    expect(await forged({ claims: (said) => ({ ...said, ...change }) })).toBe(refused)
  })
})

describe('an account with the e-mail of somebody here', () => {
  it('is connected where both sides have verified the address, and the person is told', async () => {
    const person = somebody()
    await world.registered(person.email)
    const browser = world.openBrowser()
    expect((await world.trip(browser, { ...person, email: person.email.toUpperCase() })).href).toBe(`${WEB}/`)
    expect(await whoIsIn(browser)).toBe(person.email)
    expect(await world.linksOf(person.email)).toEqual([person.sub])
    expect(await world.eventsOf(person.email)).toContain('provider.connected')
    const log = await browser.request('GET', '/api/v1/audit-logs?action=provider.connected')
    expect(log.body.items[0].after).toEqual({ provider: 'Example ID', by: 'email' })
    const { mail } = await harness.mailTo(person.email, /Example ID/)
    expect(mail.text).toContain('/settings/security')
  })

  it('is the first proof of it where we have none: what opened the account before opens it no more', async () => {
    const person = somebody()
    const squatter = await world.registered(person.email, false)
    const { secret } = (await squatter.post('/me/totp')).body
    const code = generateSync({ secret, epoch: Math.floor(harness.clock.now().getTime() / 1000) })
    expect((await squatter.post('/me/totp/confirm', { code })).status).toBe(200)
    const browser = world.openBrowser()
    expect((await world.trip(browser, person)).href).toBe(`${WEB}/`)
    expect(await whoIsIn(browser)).toBe(person.email)
    expect((await squatter.get('/me')).body.code).toBe('session_ended')
    const { email } = person
    const payload = { email, password: squatter.password }
    const again = await harness.request({ method: 'POST', url: '/api/v1/auth/login', payload })
    expect([again.status, again.body.code]).toEqual([401, 'invalid_credentials'])
    expect(await world.linksOf(email)).toEqual([person.sub])
    expect((await browser.request('GET', '/api/v1/me')).body.user.emailVerified).toBe(true)
    const log = await browser.request('GET', '/api/v1/audit-logs?action=provider.connected')
    expect(log.body.items[0].after).toMatchObject({ by: 'email', dropped: { authenticatorApps: 1 } })
  })

  it.each([[false], ['true'], [undefined]])(
    'is not connected where the provider has not (email_verified: %s), and nobody new is made of it',
    async (verified) => {
      const known = somebody()
      await world.registered(known.email)
      const stranger = somebody()
      for (const person of [known, stranger]) {
        const { email_verified: _dropped, ...rest } = person
        const told = verified === undefined ? rest : { ...rest, email_verified: verified }
        const browser = world.openBrowser()
        expect((await world.trip(browser, told)).search).toBe('?error=provider_email_unverified')
        expect(await whoIsIn(browser)).toBeNull()
      }
      expect(await world.linksOf(known.email)).toEqual([])
      const { rows } = await harness.database.admin.query(
        'select 1 from control.identities where email = $1',
        [stranger.email],
      )
      expect(rows).toEqual([])
    },
  )

  it('is not connected in the place of another account of the provider that had the address before', async () => {
    const leaver = somebody()
    await world.trip(world.openBrowser(), leaver)
    const browser = world.openBrowser()
    const page = await world.trip(browser, somebody({ email: leaver.email }))
    expect(page.search).toBe('?error=provider_unlinked')
    expect(await whoIsIn(browser)).toBeNull()
    expect(await world.linksOf(leaver.email)).toEqual([leaver.sub])
  })
})

describe('a server that takes no registrations', () => {
  it.each(['invite', 'closed'])(
    'makes nobody new of an account (%s), and lets who is known in',
    async (mode) => {
      const strict = await createHarness({
        environment: { ...settings(provider.issuer), REGISTRATION: mode },
        database: harness.database,
      })
      try {
        const known = somebody()
        await world.registered(known.email)
        const walkIn = async (person: ProviderPerson): Promise<URL> => {
          const browser = world.openBrowser(strict)
          const away = locationOf(await browser.request('GET', START))
          return world.comeBack(browser, person, away.href)
        }
        expect((await walkIn(somebody())).href).toBe(`${WEB}/sign-in?error=registration_closed`)
        expect((await walkIn(known)).href).toBe(`${WEB}/`)
      } finally {
        await strict.close()
      }
    },
  )
})

describe('a provider that does not work', () => {
  it('is said on the page of signing in', async () => {
    const gone = await startOpenIdProvider(`${WEB}${CALLBACK}`)
    await gone.close()
    const alone = await createHarness({ environment: settings(gone.issuer), database: harness.database })
    try {
      const answer = await world.openBrowser(alone).request('GET', `${START}?next=%2Fbudgets`)
      expect(locationOf(answer).href).toBe(`${WEB}/sign-in?error=provider_unavailable&next=%2Fbudgets`)
    } finally {
      await alone.close()
    }
  })

  it.each([
    ['fails', { status: 503, body: 'gone' }],
    ['does not know this server', { status: 401, body: '{"error":"invalid_client"}' }],
    ['answers no JSON', { status: 200, body: '<html>' }],
  ])('is said where its token endpoint %s', async (_what, tokenAnswer) => {
    const browser = world.openBrowser()
    const away = locationOf(await browser.request('GET', START))
    provider.tokenAnswer = tokenAnswer
    expect((await world.comeBack(browser, somebody(), away.href)).search).toBe('?error=provider_unavailable')
  })

  it('is not offered by a server that has none', async () => {
    const without = await createHarness({ database: harness.database })
    try {
      const browser = world.openBrowser(without)
      for (const path of [START, `${CALLBACK}?code=1&state=2`])
        expect((await browser.request('GET', path)).body.code).toBe('feature_off')
      expect((await browser.request('GET', '/api/v1/auth/options')).body.provider).toBeNull()
    } finally {
      await without.close()
    }
  })
})
