/** Whatever is sent, the API answers with a refusal that says what is wrong: never 500, never outside the contract. */
import { fc } from './fast-check.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { ERROR_CODES } from '@chronos/contracts/errors'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'

let harness: Harness
let client: Client
let ids: string[]

beforeAll(async () => {
  harness = await createHarness()
  client = await harness.signUp()
  const account = await client.post('/accounts', { name: 'Conta', type: 'checking', currency: 'BRL' })
  const category = (await client.get('/categories?limit=1')).body.items[0]
  ids = [account.body.id, category.id, crypto.randomUUID()]
})
afterAll(() => harness.close())

/** Endpoints that end a session or never end by themselves are left out. */
const TESTED = ENDPOINTS.filter(
  (endpoint) => !['logout', 'switchTenant', 'streamEvents', 'createImport'].includes(endpoint.id),
)

const nasty = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\uD800',
    '\u202E',
    '💸'.repeat(300),
    'x'.repeat(10_000),
    -0,
    0.1,
    1e308,
    2 ** 53,
    -(2 ** 53),
    10_000_000_000_001,
    '2026-02-30',
    '0000-00-00',
    '2026-13-01',
    'BRL',
    'brl',
    'XXX',
    '../../etc/passwd',
    "'; drop table app.accounts; --",
    '%',
    '_',
    [],
    {},
    [[]],
    { a: { b: { c: {} } } },
    '00000000-0000-0000-0000-000000000000',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer(),
  fc.double(),
)

const FIELDS = [
  'name',
  'email',
  'password',
  'type',
  'currency',
  'accountId',
  'fromAccountId',
  'toAccountId',
  'occurredOn',
  'amountMinor',
  'receivedMinor',
  'description',
  'categoryId',
  'parentId',
  'lines',
  'tags',
  'notes',
  'payee',
  'kind',
  'startMonth',
  'endMonth',
  'accounts',
  'refreshToken',
  'openingBalanceMinor',
  'number',
  'unknownKey',
  '__proto__',
  'constructor',
]

function plausible(): fc.Arbitrary<unknown> {
  const id = fc.constantFrom(...ids)
  const line = fc.record(
    { amountMinor: fc.integer({ min: -1000, max: 1000 }), categoryId: fc.oneof(id, nasty) },
    { requiredKeys: [] },
  )
  return fc.oneof(
    nasty,
    id,
    fc.constantFrom('Mercado', 'checking', 'BRL', '2026-11-20', '2026-11', -5290, 100_00, 'create'),
    fc.array(fc.oneof(line, nasty), { maxLength: 4 }),
  )
}

const body = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), plausible(), { maxKeys: 8 }) },
    { weight: 1, arbitrary: nasty },
  )

function send(
  endpoint: EndpointSpec,
  path: string,
  payload: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  return harness.request({
    method: endpoint.method,
    url: `/api/v1${path}`,
    headers: {
      authorization: `Bearer ${client.session.accessToken}`,
      'content-type': 'application/json',
      ...headers,
    },
    ...(endpoint.method === 'GET' ? {} : { payload: JSON.stringify(payload ?? null) }),
  })
}

function assertAnswered(answer: Answer): void {
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(500)
  if (answer.status < 400) return
  expect(answer.headers['content-type']).toBe('application/problem+json')
  expect(ERROR_CODES).toContain(answer.body.code)
  expect(answer.body.requestId).toMatch(/^[0-9a-f-]{36}$/)
}

/** An account that would be opened, with these bytes in its name. */
function accountWith(bytes: number[]): Buffer {
  const [before = '', after = ''] = '{"name":"Conta @","type":"cash","currency":"BRL"}'.split('@')
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}

describe('any request', () => {
  it.each(TESTED.map((endpoint) => [endpoint.id, endpoint] as const))(
    'to %s gets an answer of the contract',
    async (_id, endpoint) => {
      const parameter = fc.oneof(
        fc.constantFrom(...ids, 'x', '%00', '..%2f', '%ff', 'a'.repeat(99)),
        fc.uuid(),
      )
      const query = fc.dictionary(
        fc.constantFrom(
          'limit',
          'cursor',
          'accountId',
          'categoryId',
          'from',
          'to',
          'q',
          'month',
          'entity',
          'entityId',
          'nonsense',
          'hub.mode',
          'hub.challenge',
        ),
        fc.oneof(nasty.map(String), fc.constantFrom('1', '50', '2026-11-01', '2026-11', 'mer', ...ids)),
        { maxKeys: 3 },
      )
      const ifMatch = fc.constantFrom<string | undefined>(
        undefined,
        '*',
        '"1"',
        'W/"1"',
        '"999999999999"',
        'nonsense',
        '""',
      )
      await fc.assert(
        fc.asyncProperty(parameter, query, body(), ifMatch, async (id, parameters, payload, match) => {
          const path = endpoint.path.replace('{id}', id)
          const search = new URLSearchParams(parameters).toString()
          assertAnswered(
            await send(
              endpoint,
              search === '' ? path : `${path}?${search}`,
              payload,
              match === undefined ? {} : { 'if-match': match },
            ),
          )
        }),
        { numRuns: 60 },
      )
    },
  )

  it.each([
    ['broken JSON', '{"name":', 'application/json', 400],
    ['JSON that pollutes prototypes', '{"__proto__":{"x":1},"name":"a"}', 'application/json', 400],
    ['another media type', 'name=a', 'application/x-www-form-urlencoded', 415],
    ['text', '{"name":"a"}', 'text/plain', 415],
    // Whole but for two bytes: nothing but these is wrong with it.
    ['bad UTF-8', accountWith([0xff, 0xfe]), 'application/json', 400],
    ['a letter in more bytes than it takes', accountWith([0xc0, 0xaf]), 'application/json', 400],
    ['a body of two megabytes', JSON.stringify({ name: 'x'.repeat(2_000_000) }), 'application/json', 413],
    ['deep JSON', '['.repeat(50_000) + ']'.repeat(50_000), 'application/json', 400],
  ])('with %s is refused', async (_what, payload, type, status) => {
    const answer = await harness.request({
      method: 'POST',
      url: '/api/v1/accounts',
      payload,
      headers: { authorization: `Bearer ${client.session.accessToken}`, 'content-type': type },
    })
    expect(answer.status).toBe(status)
    assertAnswered(answer)
  })
})
