/**
 * A client that knows nothing but the OpenAPI document: for every operation, as everybody who may or may not call it,
 * requests that fit and requests that are broken. No answer is a failure of ours, none is outside the document, and none
 * tells anything of another workspace.
 */
import { ENDPOINTS } from '@chronos/contracts/endpoints'
import type { EndpointSpec } from '@chronos/contracts/endpoint'
import { Problem } from '@chronos/contracts/errors'
import { ROLES, type Role } from '@chronos/contracts/permissions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFile } from 'node:fs/promises'
import nodePath from 'node:path'
import { openApiDocument } from '../src/plugins/openapi.ts'
import { fc } from './fast-check.ts'
import { breaking, fitting, type Schema, type World } from './fuzz/from-schema.ts'
import { createHarness, type Answer, type Client, type Harness } from './harness.ts'

const RUNS = 8
const SECRET = 'Segredo que ninguém mais vê'

interface Operation {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, unknown>
}

const document = openApiDocument('0.0.0') as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}
const OPERATIONS = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)
const SPECS = new Map(ENDPOINTS.map((endpoint) => [endpoint.id, endpoint]))
/** A stream never ends by itself. */
const ENDLESS = new Set(['streamEvents'])
/** `nobody` has no session. */
const CALLERS = [...ROLES, 'nobody'] as const
type CallerName = (typeof CALLERS)[number]

let harness: Harness
const worlds = new Map<CallerName, World>()
const clients = new Map<CallerName, Client>()
/** What no answer to anybody else may hold. */
const secrets = new Set<string>([SECRET])
const seen = new Map<string, Set<number>>()

interface Tally {
  fitting: number
  broken: number
  taken: number
  refused: number
  failed: number
}
const tallies = new Map<CallerName, Tally>(
  CALLERS.map((caller) => [caller, { fitting: 0, broken: 0, taken: 0, refused: 0, failed: 0 }]),
)
/** Where docs/security.md has the counts of a run. */
const COUNTS = nodePath.join(import.meta.dirname, '../../docs/security.md')

function count(caller: CallerName, isBroken: boolean, status: number): void {
  const tally = tallies.get(caller) as Tally
  tally[isBroken ? 'broken' : 'fitting'] += 1
  tally[status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'taken'] += 1
}

const COLUMNS = ['fitting', 'broken', 'taken', 'refused', 'failed'] as const

/** As docs/security.md has them. */
function countsTable(): string {
  const total = (column: (typeof COLUMNS)[number]): number =>
    [...tallies.values()].reduce((sum, tally) => sum + tally[column], 0)
  const rows = [
    ...[...tallies].map(([caller, tally]) => [caller, ...COLUMNS.map((column) => tally[column])]),
    ['all', ...COLUMNS.map(total)],
  ]
  const heads = ['as', 'fitting requests', 'broken requests', 'answered 2xx and 3xx', '4xx', '5xx']
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

async function furnish(client: Client, name: string): Promise<Record<string, string[]>> {
  const account = await client.post('/accounts', { name, type: 'checking', currency: 'BRL' })
  const category = (await client.get('/categories?limit=1')).body.items[0]
  const accountId: string = account.body.id
  const entry = { accountId, occurredOn: '2026-11-20', amountMinor: -5290, description: name }
  const transaction = await client.post('/transactions', entry)
  const budget = await client.post('/budgets', { categoryId: category.id, amountMinor: 100_00 })
  return {
    accountId: [accountId],
    fromAccountId: [accountId],
    toAccountId: [accountId],
    categoryId: [category.id],
    parentId: [category.id],
    memberId: [client.session.user.id],
    id: [accountId, category.id, transaction.body.id, budget.body.id, client.session.user.id],
  }
}

/** A person of their own workspace, in a role that is not the owner's: set behind the API's back. */
async function signIn(role: Role): Promise<Client> {
  const client = await harness.signUp()
  worlds.set(role, {
    ids: await furnish(client, `De ${role}`),
    foreign: [...secrets].filter((secret) => secret !== SECRET),
    schemas: document.components.schemas,
  })
  if (role !== 'owner') {
    const { admin } = harness.database
    await admin.query('update app.users set role = $2 where tenant_id = $1', [client.session.tenant.id, role])
    await admin.query('update control.identities set email_verified_at = now() where email = $1', [
      client.email,
    ])
    const renewed = await harness.request({
      method: 'POST',
      url: '/api/v1/auth/login',
      payload: { email: client.email, password: client.password, includeRefreshToken: true },
    })
    Object.assign(client.session, renewed.body)
  }
  clients.set(role, client)
  return client
}

beforeAll(async () => {
  harness = await createHarness()
  const other = await harness.signUp({ workspaceName: SECRET })
  const theirs = await furnish(other, SECRET)
  for (const id of Object.values(theirs).flat()) secrets.add(id)
  secrets.add(other.session.tenant.id)
  secrets.add(other.session.user.id)
  for (const role of ROLES) await signIn(role)
  worlds.set('nobody', { ...(worlds.get('owner') as World) })
})
afterAll(async () => {
  await harness.close()
  process.stdout.write(`${OPERATIONS.length} operations\n${countsTable()}\n`)
})

interface Sent {
  path: string
  query: Record<string, string>
  body: unknown
  headers: Record<string, string>
}

function requestsFor(
  operation: Operation,
  path: string,
  world: World,
  isBroken: boolean,
): fc.Arbitrary<Sent> {
  const value = (schema: Schema, name: string): fc.Arbitrary<string> =>
    fc
      .oneof(
        { weight: isBroken ? 1 : 6, arbitrary: fitting(schema, world, name) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>(...world.foreign, 'x', '%00', '..%2f', '0') },
      )
      .map(String)
  const parameters = operation.parameters ?? []
  const inPath = parameters.filter((each) => each.in === 'path')
  // A cursor is the server's own: whoever makes one up sends a broken request.
  const inQuery = parameters.filter((each) => each.in === 'query' && (isBroken || each.name !== 'cursor'))
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  return fc.record({
    path: fc
      .tuple(...inPath.map(({ schema, name }) => value(schema, name)))
      .map((values) =>
        inPath.reduce(
          (text, { name }, at) => text.replace(`{${name}}`, encodeURIComponent(values[at] ?? '')),
          path,
        ),
      ),
    query: fc.record(Object.fromEntries(inQuery.map(({ schema, name }) => [name, value(schema, name)])), {
      requiredKeys: inQuery.filter(({ required }) => required).map(({ name }) => name),
    }) as fc.Arbitrary<Record<string, string>>,
    body:
      body === undefined ? fc.constant(undefined) : isBroken ? breaking(body, world) : fitting(body, world),
    headers: fc.constantFrom<Record<string, string>>({ 'if-match': '*' }, { 'if-match': '"1"' }, {}),
  })
}

async function send(method: string, sent: Sent, client: Client | undefined): Promise<Answer> {
  const query = new URLSearchParams(sent.query).toString()
  return harness.request({
    method: method as 'GET',
    url: query === '' ? sent.path : `${sent.path}?${query}`,
    headers: {
      ...(client ? { authorization: `Bearer ${client.session.accessToken}` } : {}),
      ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    ...(sent.body === undefined ? {} : { payload: JSON.stringify(sent.body) }),
  })
}

/** The answer is one that the document promises, in its shape, and of nobody else. */
function check(spec: EndpointSpec, operation: Operation, sent: Sent, answer: Answer): void {
  const where = `${spec.id} ${JSON.stringify(sent)} → ${answer.status} ${JSON.stringify(answer.body)}`.slice(
    0,
    1500,
  )
  expect(answer.status, where).toBeLessThan(500)
  expect(Object.keys(operation.responses), where).toContain(String(answer.status))
  if (answer.status >= 400) expect(Problem.safeParse(answer.body).error, where).toBeUndefined()
  else {
    const shape = spec.otherwise?.[answer.status as 200] ?? spec.response
    if (shape && (spec.responseKind ?? 'json') === 'json')
      expect(shape.safeParse(answer.body).error, where).toBeUndefined()
  }
  // What was sent may come back in an error; nothing else of another workspace may.
  const told = JSON.stringify(answer.body ?? '')
  const asked = JSON.stringify(sent)
  for (const secret of secrets) if (!asked.includes(secret)) expect(told.includes(secret), where).toBe(false)
  seen.set(spec.id, (seen.get(spec.id) ?? new Set()).add(answer.status))
}

describe.each(OPERATIONS.filter(({ operation }) => !ENDLESS.has(operation.operationId)))(
  '$method $path',
  ({ method, path, operation }) => {
    it.each(CALLERS)('answers %s within the document', async (caller) => {
      const spec = SPECS.get(operation.operationId) as EndpointSpec
      const world = worlds.get(caller) as World
      for (const isBroken of [false, true]) {
        await fc.assert(
          fc.asyncProperty(requestsFor(operation, path, world, isBroken), async (sent) => {
            let answer = await send(method, sent, clients.get(caller))
            if (answer.body?.code === 'session_ended' && caller !== 'nobody') {
              // It ended its own session, or itself: another one of the same role goes on.
              await signIn(caller)
              answer = await send(method, sent, clients.get(caller))
            }
            count(caller, isBroken, answer.status)
            check(spec, operation, sent, answer)
          }),
          { numRuns: RUNS },
        )
      }
    })
  },
)

describe('all of it', () => {
  it('was thousands of requests, of which every operation took some and refused some', () => {
    const all = [...tallies.values()]
    const requests = all.reduce((sum, tally) => sum + tally.fitting + tally.broken, 0)
    expect(requests).toBeGreaterThan(OPERATIONS.length * CALLERS.length * RUNS)
    for (const { taken, refused, failed } of all) {
      expect(taken).toBeGreaterThan(20)
      expect(refused).toBeGreaterThan(1000)
      expect(failed).toBe(0)
    }
    const unseen = OPERATIONS.map(({ operation }) => operation.operationId).filter(
      (id) => !ENDLESS.has(id) && !seen.has(id),
    )
    expect(unseen).toEqual([])
  })

  it('is at least as much as docs/security.md says', async () => {
    const [, fits = '', broken = ''] =
      /^\| all +\| (\d+) +\| (\d+) +\|.*\| 0 +\|$/m.exec(await readFile(COUNTS, 'utf8')) ?? []
    const sent = (column: 'fitting' | 'broken'): number =>
      [...tallies.values()].reduce((sum, tally) => sum + tally[column], 0)
    expect(Number(fits)).toBeGreaterThan(1000)
    expect(sent('fitting')).toBeGreaterThanOrEqual(Number(fits))
    expect(sent('broken')).toBeGreaterThanOrEqual(Number(broken))
  })
})
