/** The limits on requests as the whole application applies them, with Redis, and while it is away. */
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createOperator } from '../src/modules/control-plane/operators.service.ts'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'
import { joinAs } from './members.ts'
import { startTestRedis, type TestRedis } from './redis-server.ts'

const ON = { RATE_LIMITS: 'on' }
/** What tells that something was guessed. */
const GUESSED = ['invalid_credentials', 'invalid_code', 'passkey_refused', 'link_invalid']

describe('every endpoint', () => {
  let harness: Harness
  let client: Client
  beforeAll(async () => {
    harness = await createHarness({ environment: ON })
    client = await harness.signUp()
  })
  afterAll(() => harness.close())

  async function limitsOf(
    { method, path }: EndpointSpec,
    headers: Record<string, string>,
  ): Promise<string[]> {
    const url = `/api/v1${path.replaceAll(/\{\w+\}/g, crypto.randomUUID())}`
    const { headers: answered } = await harness.request({ method, url, headers })
    return [...String(answered['ratelimit']).matchAll(/"([a-z-]+)";r=\d+;t=\d+/g)].map(
      ([, name]) => name ?? '',
    )
  }

  const STRANGER = {
    authentication: ['guess'],
    register: ['register'],
    mail: ['mail-address'],
  } as Record<string, string[]>
  const MEMBER = {
    authentication: ['proof'],
    register: ['register'],
    mail: ['mail', 'mail-workspace'],
    costly: ['costly', 'costly-workspace'],
    report: ['report', 'report-workspace'],
  } as Record<string, string[]>

  it.each(
    ENDPOINTS.filter(({ id, rate }) => rate !== 'delivery' && id !== 'streamEvents').map(
      (spec) => [spec.id, spec] as const,
    ),
  )('%s is counted, as strictly as it says', async (id, spec) => {
    const rate = spec.rate ?? 'standard'
    const stranger = await limitsOf(spec, {})
    if (spec.auth !== 'session') {
      expect(stranger).toEqual(['address', ...(STRANGER[rate] ?? [])])
      return
    }
    // Who is not signed in gets no further.
    expect(stranger).toEqual(['address'])
    // These end the session.
    if (id === 'logout' || id === 'erasePerson') return
    const member = await limitsOf(spec, { authorization: `Bearer ${client.session.accessToken}` })
    expect(member).toEqual(['address-signed-in', 'identity', 'workspace', ...(MEMBER[rate] ?? [])])
  })

  it.each(ENDPOINTS.filter(({ errors = [] }) => GUESSED.some((code) => errors.includes(code as never))))(
    '$id, where something can be guessed, counts failures',
    ({ rate }) => expect(['authentication', 'password', 'register']).toContain(rate),
  )

  it.each(
    ENDPOINTS.filter(({ bodyKind, responseKind }) => bodyKind === 'multipart' || responseKind === 'file'),
  )('$id, which moves files, is costly', ({ rate }) => expect(rate).toBe('costly'))
})

describe('signing in as an operator', () => {
  it('is guessed at ten times from one network, which keeps nobody elsewhere out', async () => {
    const harness = await createHarness({ environment: ON })
    try {
      const person = { email: 'olga@example.com', name: 'Olga', password: 'an operator has a long password' }
      const { secret } = await createOperator({ ...harness.context, bcryptRounds: 4 }, person)
      const epoch = Math.floor(harness.clock.now().getTime() / 1000)
      const signIn = (password: string, remoteAddress: string): Promise<Answer> => {
        const payload = {
          email: person.email,
          password,
          code: generateSync({ secret, strategy: 'totp', epoch }),
        }
        return harness.request({ method: 'POST', url: '/api/v1/control/sessions', payload, remoteAddress })
      }
      const statuses = []
      for (let i = 0; i < 12; i += 1) statuses.push((await signIn('wrong password', '198.51.100.1')).status)
      expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
      expect((await signIn(person.password, '198.51.100.1')).status).toBe(429)
      expect((await signIn(person.password, '198.51.100.2')).status).toBe(201)
    } finally {
      await harness.close()
    }
  })
})

describe('two members of one workspace at two processes', () => {
  let redis: TestRedis
  let one: Harness
  let other: Harness
  let owner: Client
  let member: Client

  beforeAll(async () => {
    redis = await startTestRedis()
    const environment = {
      ...ON,
      REDIS_URL: redis.url,
      RATE_LIMIT_POLICIES: 'identity=8/3600, workspace=12/3600',
    }
    one = await createHarness({ environment })
    other = await createHarness({ environment, database: one.database })
    await bothReachRedis()
    owner = await one.signUp()
    member = await joinAs(one, owner, 'member')
  })
  afterAll(async () => {
    await other.close()
    await one.close()
    await redis.stop()
  })

  const bothReachRedis = (): Promise<void> =>
    vi.waitFor(
      async () => {
        for (const { context } of [one, other]) expect(await context.store.health()).toBe('up')
      },
      { timeout: 20_000, interval: 20 },
    )
  const ask = async (harness: Harness, who: Client, times: number): Promise<number[]> => {
    const statuses = []
    for (let i = 0; i < times; i += 1) {
      const { status } = await harness.clientFor(who.session, who).get('/accounts')
      statuses.push(status)
    }
    return statuses
  }
  const allowed = (statuses: readonly number[]): number => {
    expect(new Set([...statuses, 200, 429])).toEqual(new Set([200, 429]))
    return statuses.filter((status) => status === 200).length
  }

  it('share one count of the workspace, and each has a count of their own', async () => {
    expect(allowed([...(await ask(one, owner, 5)), ...(await ask(other, owner, 5))])).toBe(8)
    expect(allowed([...(await ask(one, member, 3)), ...(await ask(other, member, 3))])).toBe(4)
  })

  it('go on with a count in each process while Redis is dead, and share again when it is back', async () => {
    await redis.kill()
    for (const harness of [one, other]) {
      // Nobody is kept out by what is dead, and nobody is let through without a count.
      expect(allowed(await ask(harness, owner, 10))).toBe(8)
      expect(allowed(await ask(harness, member, 10))).toBe(4)
    }
    await redis.start({ empty: true })
    await bothReachRedis()
    expect(allowed([...(await ask(one, owner, 6)), ...(await ask(other, owner, 6))])).toBe(8)
    expect(allowed([...(await ask(other, member, 3)), ...(await ask(one, member, 3))])).toBe(4)
  })
})
