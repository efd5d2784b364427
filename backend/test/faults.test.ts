/** What of a failure leaves for Sentry, and what never does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSentryDouble, type SentryDouble } from '../src/integrations/sentry-double.ts'
import { createSentry } from '../src/integrations/sentry.ts'
import { createHarness, type Client, type Harness } from './harness.ts'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
let sentry: SentryDouble
let harness: Harness
let person: Client

beforeAll(async () => {
  sentry = await startSentryDouble()
  harness = await createHarness({ environment: { SENTRY_DSN: sentry.dsn } })
  person = await harness.signUp()
})
afterAll(async () => {
  await harness.close()
  await sentry.close()
})

describe('a request that fails on our side', () => {
  it('is told with its route, trace and place in the code, and without what was sent', async () => {
    // A trigger that fails with the row in its message, as PostgreSQL's own errors do.
    await harness.database.admin.query(`
      create function app.fail_for_test() returns trigger language plpgsql as $$
      begin raise exception 'ana@example.com has 98765.43 in "Conta da Ana" 1234567'; end $$`)
    await harness.database.admin.query(
      'create trigger fail_for_test before insert on app.accounts for each row execute function app.fail_for_test()',
    )
    const account = { name: 'Conta secreta', type: 'checking', currency: 'BRL' }
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    const answer = await person.post('/accounts', account, {
      traceparent: `00-${trace}-00f067aa0ba902b7-01`,
      cookie: 'theme=secret-cookie',
    })
    expect(answer.status).toBe(500)
    await expect.poll(() => sentry.events.length).toBe(1)
    const [event] = sentry.events
    expect(event).toMatchObject({
      platform: 'node',
      environment: 'test',
      transaction: 'POST /api/v1/accounts',
      tags: { request_id: answer.body.requestId },
      contexts: { trace: { trace_id: trace } },
    })
    const frames = JSON.stringify(event?.['exception'])
    expect(frames).toMatch(/"filename":"backend\/src\/[^"]+\.ts"/)
    const raw = sentry.raw.join('\n')
    for (const secret of [
      'ana@',
      '98765',
      '1234567',
      'secret',
      'Conta',
      person.email,
      person.session.accessToken,
    ])
      expect(raw).not.toContain(secret)
    expect(raw).not.toContain(person.session.tenant.id)
    expect(raw).not.toContain(process.cwd())
    await harness.database.admin.query('drop trigger fail_for_test on app.accounts')
  })

  it('is not told where it is a refusal', async () => {
    const before = sentry.events.length
    expect((await person.post('/accounts', { name: '' })).status).toBe(400)
    expect((await harness.request({ url: '/api/v1/accounts' })).status).toBe(401)
    await harness.context.faults.close()
    expect(sentry.events.length).toBe(before)
  })
})

it('a job that fails is told with its queue', async () => {
  const jobs = await harness.startJobs()
  await harness.database.admin.query('revoke select on control.mails from chronos_control')
  await harness.context.control.query("select control.enqueue('mails', null, gen_random_uuid(), null)")
  await expect
    .poll(() => sentry.events.map((event) => event['transaction']), { timeout: 15_000 })
    .toContain('job mails')
  await harness.database.admin.query('grant select on control.mails to chronos_control')
  await jobs.stop()
})

describe('Sentry', () => {
  it('is left alone for as long as it says', async () => {
    const faults = await createSentry({ dsn: sentry.dsn, release: 'x', environment: 'test', log })
    sentry.limitSeconds = 3600
    const before = sentry.raw.length
    faults.report(new Error('x'), { where: 'here' })
    await faults.close()
    expect(sentry.raw.length).toBe(before + 1)
    faults.report(new Error('y'), { where: 'here' })
    await faults.close()
    expect(sentry.raw.length).toBe(before + 1)
    sentry.limitSeconds = null
  })

  it('that is away hinders nobody', async () => {
    const faults = await createSentry({
      dsn: 'http://key@127.0.0.1:9/1',
      release: 'x',
      environment: 'test',
      log,
    })
    faults.report(new Error('x'), { where: 'here' })
    await faults.close()
  })
})
