import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from './harness.ts'
import { createAlarmWatch } from '../src/alarm-watch.ts'
import { startSlackDouble, type SlackDouble } from '../src/integrations/slack-double.ts'
import { postToSlack } from '../src/integrations/slack.ts'
import { sealAll, VERIFICATION, verifyChains } from '../src/modules/audit/audit.jobs.ts'
import { askOnce } from '../src/platform/schedules.ts'

let slack: SlackDouble

beforeAll(async () => {
  slack = await startSlackDouble()
})
afterAll(() => slack.close())
afterEach(() => {
  slack.texts.length = 0
  slack.next.length = 0
})

describe('a message to Slack', () => {
  it('is taken, with what Slack would read as a mention or a link made harmless', async () => {
    expect(await postToSlack({ url: slack.url }, 'Fish & <!channel> chips')).toEqual({ outcome: 'sent' })
    expect(slack.texts).toEqual(['Fish &amp; &lt;!channel&gt; chips'])
  })

  it('waits as long as Slack asks when it says 429, and is sent once then', async () => {
    slack.next.push({ status: 429, body: 'rate_limited', retryAfter: 1 })
    const before = slack.posts()
    expect(await postToSlack({ url: slack.url }, 'x')).toEqual({ outcome: 'sent' })
    expect([slack.posts() - before, slack.texts]).toEqual([2, ['x']])
  })

  it('is given up at once where Slack asks for longer than anybody waits, or refuses for good', async () => {
    slack.next.push({ status: 404, body: 'no_service' })
    slack.next.push({ status: 429, body: 'rate_limited', retryAfter: 1 })
    const before = slack.posts()
    const hurried = { url: slack.url, maxWaitSeconds: 0 }
    expect([await postToSlack(hurried, 'x'), await postToSlack(hurried, 'x')]).toEqual([
      { outcome: 'failed', reason: 'Slack answers 404 no_service' },
      { outcome: 'failed', reason: 'Slack answers 429 rate_limited' },
    ])
    expect(slack.posts() - before).toBe(2)
  })

  it('says why it failed without the address, which is a secret', async () => {
    const url = 'http://127.0.0.1:9/services/T0000/B0000/secret'
    const result = await postToSlack({ url, maxWaitSeconds: 0 }, 'x')
    expect(result).toMatchObject({ outcome: 'failed' })
    expect(JSON.stringify(result)).not.toMatch(/secret|127\.0\.0\.1/)
  })
})

describe('alarms', () => {
  let harness: Harness
  let look: () => Promise<void>

  beforeEach(async () => {
    harness = await createHarness({
      environment: {
        SLACK_WEBHOOK_URL: slack.url,
        BACKUP_MAX_AGE_HOURS: '26',
        PUBLIC_URL: 'https://money.example',
      },
    })
    look = createAlarmWatch(harness.context)
  })
  afterEach(() => harness.close())

  const backup = (hoursAgo: number, ok: boolean): Promise<unknown> =>
    harness.database.admin.query(
      `insert into control.backup_runs (at, id, ok, name, row_count, size_bytes, duration_ms, copied)
       values (now() - $1 * interval '1 hour', gen_random_uuid(), $2, 'chronos-x', 10, 4096, 1500, false)`,
      [hoursAgo, ok],
    )

  it('tell of a stale backup once in six hours, and once that it is over', async () => {
    await backup(30, true)
    await look()
    await look()
    harness.clock.advance(5 * 3_600_000)
    await look()
    expect(slack.texts).toEqual([
      ':rotating_light: https://money.example: The backup is stale: the last good one is 30 hours old. What to do: docs/runbooks/backup-stale.md',
    ])
    harness.clock.advance(2 * 3_600_000)
    await look()
    expect(slack.texts).toHaveLength(2)
    await backup(0, true)
    await look()
    await look()
    expect(slack.texts.slice(2)).toEqual([
      ':white_check_mark: https://money.example: The backup is fresh again.',
    ])
  })

  it('are said again while Slack did not take them', async () => {
    await backup(1, false)
    slack.next.push({ status: 403, body: 'action_prohibited' })
    await look()
    expect(slack.texts).toEqual([])
    harness.clock.advance(60_000)
    await look()
    expect(slack.texts[0]).toMatch(/The last backup failed; and there is no good one/)
  })

  it('tell of a queue that is stuck and of a storm of wrong signatures, and no text or id of a person', async () => {
    await backup(1, true)
    const person = await harness.signUp()
    await harness.context.control.query("select control.enqueue('audit', null, null, null)")
    await harness.database.admin.query("update pgboss.job set start_after = now() - interval '40 minutes'")
    for (let n = 0; n < 30; n += 1)
      await harness.request({
        method: 'POST',
        url: '/api/v1/webhooks/whatsapp',
        payload: '{"text":"secret"}',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      })
    await look()
    const text = slack.texts.toSorted().join('\n')
    expect(slack.texts).toHaveLength(2)
    expect(text).toMatch(/30 deliveries of the WhatsApp webhook had a wrong signature within a minute/)
    expect(text).toMatch(/has waited for 40 minutes, and no worker gives a sign of life/)
    for (const secret of ['secret', person.email, person.session.tenant.id])
      expect(text).not.toContain(secret)
    await look()
    expect(slack.texts).toHaveLength(2)
  })

  it('tell of a chain of an audit log that does not hold', async () => {
    await harness.signUp()
    const { context } = harness
    await expect
      .poll(
        async () => {
          await sealAll({ ...context, headFile: undefined })
          return (await harness.database.admin.query('select count(*)::int as n from app.audit_seals'))
            .rows[0]
        },
        { timeout: 15_000, interval: 500 },
      )
      .not.toEqual({ n: 0 })
    await verifyChains({ ...context, headFile: undefined })
    expect(slack.texts).toEqual([])
    await harness.database.admin.query('alter table app.audit_seals disable trigger user')
    await harness.database.admin.query(`update app.audit_seals set hash = decode(repeat('ab', 32), 'hex')`)
    await verifyChains({ ...context, headFile: undefined })
    expect(slack.texts).toHaveLength(1)
    expect(slack.texts[0]).toMatch(/The audit log of 1 workspace does not hold.*audit-chain-broken/)
  })

  it('ask for the nightly look over the chains once a night, however many processes there are', async () => {
    const asked = async (): Promise<unknown> =>
      (
        await harness.database.admin.query(
          "select count(*)::int as n from pgboss.job where name = 'audit.verify'",
        )
      ).rows[0]
    await askOnce(harness.context.control, VERIFICATION, harness.clock.now())
    expect(await asked()).toEqual({ n: 0 })
    harness.clock.advance(15.5 * 3_600_000)
    await askOnce(harness.context.control, VERIFICATION, harness.clock.now())
    await askOnce(harness.context.control, VERIFICATION, harness.clock.now())
    expect(await asked()).toEqual({ n: 1 })
  })

  it('are at most ten an hour, whatever happens', async () => {
    await backup(1, true)
    const kinds = ['backup', 'queue', 'audit-chain', 'webhook-signatures'] as const
    for (let round = 0; round < 4; round += 1) {
      for (const kind of kinds) await harness.context.alarms.raise(kind, 'x')
      for (const kind of kinds) await harness.context.alarms.clear(kind, 'y')
      harness.clock.advance(60_000)
    }
    expect(slack.texts).toHaveLength(10)
  })
})

it('nobody is told, and nothing fails, where no address is set', async () => {
  const harness = await createHarness()
  expect(harness.context.alarms.isConfigured).toBe(false)
  await harness.context.alarms.raise('queue', 'x')
  await harness.close()
})
