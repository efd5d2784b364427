/** Nobody keeps somebody else out of their account by guessing at it, with Redis and with the store in the process. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Answer, type Client, type Harness } from '../../../test/harness.ts'
import { startTestRedis, type TestRedis } from '../../../test/redis-server.ts'
import { browserCookie, deviceSubjectOf, knownBrowser } from './device-cookie.ts'
import { createTokens } from './tokens.ts'

const HTTPS = 'https://money.example'
const NAME = '__Host-chronos_device'
const AGENT = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0'
const CHOSEN = 'four quiet lanterns drift'

let redis: TestRedis
beforeAll(async () => {
  redis = await startTestRedis()
})
afterAll(() => redis.stop())

describe.each(['in the process', 'in Redis'])('with the store %s', (where) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await createHarness({
      environment: {
        RATE_LIMITS: 'on',
        PUBLIC_URL: HTTPS,
        RATE_LIMIT_POLICIES: 'register=1000/3600,guess=100000/600',
        ...(where === 'in Redis' ? { REDIS_URL: redis.url } : {}),
      },
    })
    await harness.startJobs()
  })
  afterAll(() => harness.close())

  /** A browser in some network. */
  function browser(ip: string, agent = AGENT) {
    const jar: Record<string, string> = {}
    const request = async (path: string, payload: object): Promise<Answer> => {
      const answer = await harness.request({
        method: 'POST',
        url: `/api/v1${path}`,
        payload,
        remoteAddress: ip,
        headers: { 'user-agent': agent, origin: HTTPS },
        cookies: jar,
      })
      for (const line of [answer.headers['set-cookie'] ?? []].flat().map(String)) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        if (name === NAME) jar[name] = value
      }
      return answer
    }
    return {
      jar,
      request,
      signIn: (email: string, password: string): Promise<Answer> =>
        request('/auth/login', { email, password }),
    }
  }

  /** From many networks, until the e-mail is closed to whoever is not known. */
  async function floods({ email }: Client): Promise<void> {
    for (let i = 0; i < 105; i += 1) await browser(`198.51.${i}.1`, 'curl/8').signIn(email, 'wrong')
    expect((await browser('203.0.113.9').signIn(email, 'wrong')).status).toBe(429)
  }

  it('lets who has signed in with a browser come in with it from anywhere, whatever is tried elsewhere', async () => {
    const client = await harness.signUp()
    const phone = browser('192.0.2.10')
    const answer = await phone.signIn(client.email, client.password)
    const line = [answer.headers['set-cookie'] ?? []]
      .flat()
      .map(String)
      .find((each) => each.startsWith(NAME))
    expect(line).toMatch(
      /^__Host-chronos_device=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    await floods(client)
    // The same browser in another network: a phone that left the house.
    const elsewhere = browser('192.0.2.200')
    expect((await elsewhere.signIn(client.email, client.password)).status).toBe(429)
    Object.assign(elsewhere.jar, phone.jar)
    expect((await elsewhere.signIn(client.email, client.password)).status).toBe(200)
  })

  it('lets nobody in the same network, with the same kind of browser, spend the tries of the owner', async () => {
    const client = await harness.signUp()
    const own = browser('192.0.2.20')
    expect((await own.signIn(client.email, client.password)).status).toBe(200)
    const neighbour = browser('192.0.2.20')
    const statuses: number[] = []
    for (let i = 0; i < 12; i += 1) statuses.push((await neighbour.signIn(client.email, 'wrong')).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
    expect((await own.signIn(client.email, client.password)).status).toBe(200)
  })

  it('counts a known browser too, by itself', async () => {
    const client = await harness.signUp()
    const stolen = browser('192.0.2.30')
    await stolen.signIn(client.email, client.password)
    const statuses: number[] = []
    for (let i = 0; i < 12; i += 1) statuses.push((await stolen.signIn(client.email, 'wrong')).status)
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
  })

  it('is of its person alone: another’s account stays closed to it', async () => {
    const [client, other] = [await harness.signUp(), await harness.signUp()]
    const phone = browser('192.0.2.40')
    await phone.signIn(other.email, other.password)
    await floods(client)
    expect((await phone.signIn(client.email, client.password)).status).toBe(429)
  })

  it('is another after a change of the password: what was taken before opens nothing', async () => {
    const client = await harness.signUp()
    const thief = browser('192.0.2.50')
    const phone = browser('192.0.2.51')
    await phone.signIn(client.email, client.password)
    Object.assign(thief.jar, phone.jar)
    harness.mails.length = 0
    await phone.request('/auth/password-reset', { email: client.email })
    const { token } = await harness.mailTo(client.email, /nova senha/i)
    expect((await phone.request('/auth/password-reset/confirm', { token, password: CHOSEN })).status).toBe(
      204,
    )
    await floods(client)
    expect((await thief.signIn(client.email, CHOSEN)).status).toBe(429)
    // Whoever has chosen the password anew comes in with that browser, in whatever network it is by now.
    const later = browser('192.0.2.52')
    Object.assign(later.jar, phone.jar)
    expect((await later.signIn(client.email, CHOSEN)).status).toBe(200)
  })
})

describe('the cookie of a known browser', () => {
  const old = createTokens(['jwt-0123456789abcdef-0123456789ab'], ['session-a'])
  const rolled = createTokens(['jwt-0123456789abcdef-0123456789ab'], ['session-b', 'session-a'])
  const other = createTokens(['jwt-0123456789abcdef-0123456789ab'], ['session-c'])
  const subject = (id: string, hash = 'hash'): string => deviceSubjectOf({ id, password_hash: hash })

  it('is known under a rolled secret, and under no other', () => {
    const cookie = browserCookie(old, subject('a'), undefined)
    expect(knownBrowser(rolled, subject('a'), cookie)).toBe(knownBrowser(old, subject('a'), cookie))
    expect(knownBrowser(other, subject('a'), cookie)).toBeNull()
  })

  it('tells nothing of its person, and nothing that is made up is known', () => {
    const cookie = browserCookie(old, subject('a'), undefined)
    expect(cookie).toMatch(/^[\w-]{43}$/)
    expect(cookie).not.toBe(browserCookie(old, subject('a'), undefined))
    expect(knownBrowser(old, subject('a', 'another'), cookie)).toBeNull()
    expect(knownBrowser(old, deviceSubjectOf(null), cookie)).toBeNull()
    for (const made of ['', '.', 'x', 'A'.repeat(43), `${cookie}x`, 'a'.repeat(9999)])
      expect(knownBrowser(old, subject('a'), made)).toBeNull()
  })

  it('knows five persons of one browser, those who came last', () => {
    let cookie: string | undefined
    for (const id of ['1', '2', '3', '4', '5', '6', '6']) cookie = browserCookie(old, subject(id), cookie)
    const known = ['1', '2', '3', '4', '5', '6'].map((id) => knownBrowser(old, subject(id), cookie) !== null)
    expect(known).toEqual([false, true, true, true, true, true])
  })
})
