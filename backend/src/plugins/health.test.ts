import { fastify } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../test/harness.ts'
import { buildWorkerHttp } from '../worker-http.ts'
import { registerHealth } from './health.ts'

const TOKEN = 'metrics-token-of-tests-0123456789abcdef'
let harness: Harness

beforeAll(async () => {
  harness = await createHarness({ environment: { BACKUP_MAX_AGE_HOURS: '26', METRICS_TOKEN: TOKEN } })
})
afterAll(() => harness.close())
beforeEach(async () => {
  await harness.database.admin.query('delete from control.backup_runs')
  await harness.database.admin.query('delete from pgboss.job')
})

async function backup(hoursAgo: number, ok: boolean): Promise<void> {
  await harness.database.admin.query(
    `insert into control.backup_runs (at, id, ok, name, row_count, size_bytes, duration_ms, copied)
     values (now() - $1 * interval '1 hour', gen_random_uuid(), $2, 'chronos-x', 10, 4096, 1500, false)`,
    [hoursAgo, ok],
  )
}

async function metrics(): Promise<string> {
  const answer = await harness.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })
  return answer.body
}

/** Later than what was asked before still counts. */
const ready = () => {
  harness.clock.advance(3_000)
  return harness.request({ url: '/health/ready' })
}

describe('GET /health/ready', () => {
  it('is degraded, and still serves, while no backup was made, the last is old, or the last try failed', async () => {
    const states: unknown[] = []
    const note = async (): Promise<void> => {
      const { status, body } = await ready()
      states.push([status, body.status, body.parts.backup])
    }
    await note()
    await backup(27, true)
    await note()
    expect(await metrics()).toMatch(/^chronos_backup_last_ok 1$/m)
    await backup(3, true)
    await backup(2, false)
    await note()
    const text = await metrics()
    expect(text).toMatch(/^chronos_backup_age_seconds 108\d\d/m)
    expect(text).toMatch(/^chronos_backup_last_ok 0$/m)
    expect(states).toEqual([
      [200, 'degraded', 'none'],
      [200, 'degraded', 'stale'],
      [200, 'degraded', 'failed'],
    ])
  })

  it('says that nobody works, that work is stuck, and that all is well once somebody does', async () => {
    await backup(1, true)
    expect((await ready()).body).toMatchObject({ status: 'degraded', parts: { queue: 'no worker' } })
    const { control } = harness.context
    await control.query("select control.enqueue('audit', null, null, null)")
    await harness.database.admin.query("update pgboss.job set start_after = now() - interval '16 minutes'")
    expect(await metrics()).toMatch(/^chronos_queue_oldest_seconds\{queue="audit"\} 96\d/m)
    await harness.database.admin.query(
      `insert into pgboss.instance (id, host, pid, version, node_version, heartbeat_seconds, supervise, schedule, migrate,
         persist_queue_stats, persist_warnings)
       values (gen_random_uuid(), 'elsewhere', 1, '12', '24', 30, true, false, false, false, false)`,
    )
    expect((await ready()).body).toMatchObject({ status: 'degraded', parts: { queue: 'stuck' } })
    const jobs = await harness.startJobs()
    await expect.poll(async () => (await ready()).body, { timeout: 15_000 }).toMatchObject({ status: 'ok' })
    expect(await metrics()).toMatch(/^chronos_workers 2$/m)
    await jobs.stop()
  })

  it('tells of a server that archives nothing that nothing is late there', async () => {
    expect((await metrics()).match(/^chronos_wal_\w+ .*/gm)).toEqual([
      'chronos_wal_archiving 0',
      'chronos_wal_waiting_files 0',
      'chronos_wal_late_seconds 0',
      'chronos_wal_archive_failing 0',
    ])
  })

  it('tells that there is no archive of WAL, which is no fault of a server that nobody promised one of', async () => {
    const { body } = await ready()
    expect(body.parts.archive).toBe('none')
    expect(body).not.toHaveProperty('archivedSecondsAgo')
  })

  it('asks PostgreSQL nothing but whether it is there while what it said still counts', async () => {
    const asked: string[] = []
    const { control } = harness.context
    const app = fastify()
    registerHealth(app, {
      ...harness.context,
      backupMaxAgeHours: 26,
      pingDatabase: async () => void asked.push('ping'),
      control: {
        ...control,
        query: (text, ...values) => {
          asked.push(/pg_stat_archiver|pgboss\.queue|backup_runs/.exec(text)?.[0] ?? text)
          return control.query(text, ...values)
        },
      },
    })
    const look = async (): Promise<unknown> => (await app.inject('/health/ready')).json()
    const first = await look()
    const all = ['backup_runs', 'pg_stat_archiver', 'pgboss.queue', 'ping']
    expect(asked.splice(0).toSorted()).toEqual(all)
    for (let again = 0; again < 50; again += 1) expect(await look()).toEqual(first)
    expect(new Set(asked.splice(0))).toEqual(new Set(['ping']))
    harness.clock.advance(3_000)
    await look()
    expect(asked.toSorted()).toEqual(all)
    await app.close()
  })

  it('says nothing of backups where nobody promised them', async () => {
    const other = await createHarness({ database: harness.database })
    const { body } = await other.request({ url: '/health/ready' })
    expect(body.parts).not.toHaveProperty('backup')
    await other.close()
  })
})

describe('a worker', () => {
  it('tells its health and what it has done, and has no other address', async () => {
    const http = buildWorkerHttp(harness.context, () => true)
    const jobs = await harness.startJobs()
    await harness.context.control.query("select control.enqueue('audit', null, null, null)")
    const scrape = async (): Promise<string> =>
      (await http.inject({ url: '/metrics', headers: { authorization: `Bearer ${TOKEN}` } })).body
    await expect
      .poll(scrape, { timeout: 15_000 })
      .toMatch(/chronos_jobs_total\{queue="audit",result="done"\} [12]/)
    expect(await scrape()).toMatch(/chronos_job_wait_seconds_count\{queue="audit"\} [12]/)
    expect((await http.inject('/metrics')).statusCode).toBe(401)
    expect((await http.inject('/health/live')).json()).toEqual({ status: 'ok', ...harness.context.version })
    expect((await http.inject('/health/ready')).json()).toMatchObject({ status: 'draining' })
    expect((await http.inject('/api/v1/me')).statusCode).toBe(404)
    await jobs.stop()
    await http.close()
  })
})
