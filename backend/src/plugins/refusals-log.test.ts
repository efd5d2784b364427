/** Who tries to get past a control leaves a line in the log that names the control, with the request it was in. */
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TEST_WHATSAPP, createHarness, type Answer, type Client, type Harness } from '../../test/harness.ts'
import { joinAs } from '../../test/members.ts'

interface Line {
  msg?: string
  code?: string
  control?: string
  reqId?: string
  tenant?: string
}

let harness: Harness
let owner: Client
let viewer: Client
let lines: Line[] = []

beforeAll(async () => {
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(
        ...String(chunk)
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Line),
      )
      done()
    },
  })
  harness = await createHarness({ environment: { LOG_LEVEL: 'info', RATE_LIMITS: 'on' }, log })
  owner = await harness.signUp()
  viewer = await joinAs(harness, owner, 'viewer')
})
afterAll(() => harness.close())

/** The refusal of one request, as the log has it. */
async function refusal(work: () => Promise<Answer>): Promise<{ answer: Answer; line: Line | undefined }> {
  lines = []
  const answer = await work()
  const line = lines.find(({ msg }) => msg === 'request refused')
  expect(line?.reqId).toBe(answer.headers['x-request-id'])
  expect(line?.code).toBe(answer.body.code)
  return { answer, line }
}

const post = (path: string, payload: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  harness.request({
    method: 'POST',
    url: `/api/v1${path}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })

const TRIES: [string, string, () => Promise<Answer>][] = [
  ['a right that the role has not', 'authorization', () => viewer.post('/categories', { name: 'x' })],
  ['a forged token', 'authentication', () => post('/categories', {}, { authorization: 'Bearer x.y.z' })],
  [
    'a wrong password',
    'authentication',
    () => post('/auth/login', { email: owner.email, password: 'wrong' }),
  ],
  [
    'a wrong signature of the webhook',
    'authentication',
    () =>
      post(
        '/webhooks/whatsapp',
        { entry: [TEST_WHATSAPP.phoneNumberId] },
        { 'x-hub-signature-256': 'sha256=00' },
      ),
  ],
  ['a body that is no JSON', 'input', () => post('/auth/login', '{"email":')],
  [
    'keys that nobody asked for',
    'input',
    () => post('/auth/login', { email: owner.email, password: 'x', role: 'owner' }),
  ],
  ['a body of another type', 'input', () => post('/auth/login', 'a=1', { 'content-type': 'text/xml' })],
  ['a body that is too large', 'input', () => post('/auth/login', { email: 'x'.repeat(2 << 20) })],
]

describe('a refusal', () => {
  it.each(TRIES)('of %s names the control: %s', async (_what, control, work) => {
    const { answer, line } = await refusal(work)
    expect([answer.status >= 400, line?.control]).toEqual([true, control])
  })

  it('of a session’s request without its CSRF token names the control, and the workspace', async () => {
    const signedIn = await post('/auth/login', { email: owner.email, password: owner.password })
    const cookie = [signedIn.headers['set-cookie']]
      .flat()
      .map((each) => String(each).split(';')[0])
      .join('; ')
    const { line } = await refusal(() => post('/categories', { name: 'x' }, { cookie }))
    expect(line?.control).toBe('origin')
    const inside = await refusal(() => viewer.post('/categories', { name: 'x' }))
    expect(inside.line?.tenant).toBe(owner.session.tenant.id)
  })

  it('of too many tries names the control', async () => {
    let last: Line | undefined
    for (let n = 0; n < 40 && last?.code !== 'too_many_requests'; n += 1)
      last = (await refusal(() => post('/auth/login', { email: 'a@example.com', password: 'wrong' }))).line
    expect(last).toMatchObject({ code: 'too_many_requests', control: 'automation' })
  })

  it('that is part of ordinary work names none', async () => {
    const { line } = await refusal(() => owner.get(`/accounts/${crypto.randomUUID()}`))
    expect(line).not.toHaveProperty('control')
  })
})
