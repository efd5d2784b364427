/** The metrics of a server's archive, asked of a server that archives, as a login that may do nothing else. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../scripts/embedded-postgres.ts'
import { freePort } from '../../scripts/ports.ts'
import { ROOT_HOME } from '../../scripts/postgres-binaries.ts'
import { fastify } from 'fastify'
import { createAlarmWatch } from '../src/alarm-watch.ts'
import { createAlarms } from '../src/platform/alarms.ts'
import { fixedClock } from '../src/platform/clock.ts'
import { createControlPlane, type ControlPlane } from '../src/platform/control.ts'
import { createMemoryStore } from '../src/platform/store-memory.ts'
import { registerHealth } from '../src/plugins/health.ts'
import { measureServer } from '../src/plugins/server-measures.ts'
import { createHarness } from './harness.ts'

const WAIT = { timeout: 30_000, interval: 100 }
const said: string[] = []
let place: string
let server: EmbeddedPostgres
let admin: pg.Client
let control: ControlPlane

beforeAll(async () => {
  const base = process.getuid?.() === 0 ? path.join(ROOT_HOME, 'tests') : tmpdir()
  mkdirSync(base, { recursive: true })
  place = mkdtempSync(path.join(base, 'archive-'))
  execFileSync('chmod', ['755', place])
  server = await startEmbeddedPostgres({
    dataDir: place,
    port: await freePort(),
    settings: { fsync: 'off', archive_mode: 'on', wal_level: 'replica' },
    onLog: (line) => said.push(line),
  })
  admin = new pg.Client({ connectionString: server.adminUrl })
  await admin.connect()
  await admin.query("create role chronos_control login password 'x'")
  const url = new URL(server.adminUrl)
  url.username = 'chronos_control'
  url.password = 'x'
  control = createControlPlane(new pg.Pool({ connectionString: url.href, max: 4 }))
})
afterAll(async () => {
  await control.close()
  await admin.end()
  await server.stop({ immediately: true })
  rmSync(place, { recursive: true, force: true })
}, 60_000)

async function measures(): Promise<Record<string, number>> {
  const registry = new Registry()
  // Of queues and backups this server knows nothing, which takes nothing else away.
  await measureServer(registry, control)()
  const lines = (await registry.metrics()).matchAll(/^chronos_wal_(\w+) (\S+)$/gm)
  return Object.fromEntries([...lines].map(([, name = '', value]) => [name, Number(value)]))
}

/** Writes, and ends the file that was written to. */
async function writeFile(): Promise<void> {
  await admin.query('create table if not exists written (n int)')
  await admin.query('insert into written values (1)')
  await admin.query('select pg_switch_wal()')
}

async function archiveBy(command: string): Promise<void> {
  await admin.query(`alter system set archive_command = '${command}'`)
  await admin.query('select pg_reload_conf()')
}

async function openArchive(): Promise<void> {
  await archiveBy('true')
  await vi.waitFor(
    async () =>
      expect(await measures()).toMatchObject({ waiting_files: 0, late_seconds: 0, archive_failing: 0 }),
    WAIT,
  )
}

describe('a server that archives its WAL', () => {
  it('is not late while all that is whole is archived', async () => {
    await archiveBy('true')
    await writeFile()
    await vi.waitFor(
      async () =>
        expect(await measures()).toEqual({
          ...{ archiving: 1, waiting_files: 0, late_seconds: 0, archive_failing: 0 },
        }),
      WAIT,
    )
  })

  it('is told of at the second look in a row that finds it shut, once, and once that it is over', async () => {
    const harness = await createHarness()
    const { config, logger } = harness.context
    const clock = fixedClock('2026-11-27T12:00:00Z')
    const texts: string[] = []
    const send = (text: string): Promise<null> => {
      texts.push(text)
      return Promise.resolve(null)
    }
    const store = createMemoryStore({ clock, maxEntries: 100 })
    const alarms = createAlarms({ store, clock, log: logger, publicUrl: 'https://money.example', send })
    const look = createAlarmWatch({ alarms, control, config, logger })
    await look()
    await archiveBy('false')
    await writeFile()
    await vi.waitFor(async () => expect((await measures())['archive_failing']).toBe(1), WAIT)
    await look()
    expect(texts).toEqual([])
    for (let n = 0; n < 3; n += 1) {
      clock.advance(60_000)
      await look()
    }
    expect(texts).toEqual([
      expect.stringMatching(
        /No WAL was archived for \d+ minutes, and archive_command fails\. .*wal-archive\.md$/,
      ),
    ])
    await openArchive()
    await look()
    await look()
    expect(texts.slice(1)).toEqual([expect.stringMatching(/WAL is archived again/)])
    await harness.close()
  })

  it('is late while its command fails, and no more once it works again', async () => {
    await archiveBy('false')
    await writeFile()
    await writeFile()
    await vi.waitFor(async () => {
      const found = await measures()
      expect(found['archive_failing']).toBe(1)
      expect(found['waiting_files']).toBeGreaterThan(0)
      expect(found['late_seconds']).toBeGreaterThan(0)
    }, WAIT)
    await openArchive()
  })

  it('is told of by /health/ready with its age, degraded once it is late for a minute, and still served', async () => {
    const clock = fixedClock('2026-11-27T12:00:00Z')
    const app = fastify()
    registerHealth(app, {
      ...{
        control,
        clock,
        store: createMemoryStore({ clock, maxEntries: 100 }),
        backupMaxAgeHours: undefined,
      },
      ...{
        pingDatabase: () => control.query('select 1').then(() => undefined),
        version: { version: '1', commit: '' },
      },
    })
    // Later than what was asked before still counts.
    const look = async () => {
      clock.advance(3_000)
      const answer = await app.inject('/health/ready')
      return {
        code: answer.statusCode,
        ...answer.json<{ status: string; parts: Record<string, string>; archivedSecondsAgo: number }>(),
      }
    }
    await openArchive()
    expect(await look()).toEqual({
      code: 200,
      status: 'ok',
      parts: { database: 'up', store: 'up', archive: 'archived' },
      archivedSecondsAgo: expect.any(Number),
    })
    await archiveBy('false')
    await writeFile()
    await vi.waitFor(async () => expect((await measures())['archive_failing']).toBe(1), WAIT)
    expect(await look()).toMatchObject({ code: 200, status: 'ok', parts: { archive: 'trying' } })
    clock.advance(60_000)
    expect(await look()).toMatchObject({ code: 200, status: 'degraded', parts: { archive: 'late' } })
    await openArchive()
    expect(await look()).toMatchObject({ code: 200, status: 'ok', parts: { archive: 'archived' } })
    await app.close()
  })

  it('is late also while the command is empty, which the server does not hold to be a failure', async () => {
    await archiveBy('')
    // The archiver that had not read its settings anew looks again when the next file is whole.
    await vi.waitFor(
      async () => {
        await writeFile()
        expect(said.join('\n')).toMatch(/archiving is not configured/)
      },
      { ...WAIT, interval: 1000 },
    )
    await writeFile()
    const found = await measures()
    expect(found).toMatchObject({ archiving: 1, archive_failing: 0 })
    expect(found['waiting_files']).toBeGreaterThan(0)
    expect(found['late_seconds']).toBeGreaterThan(0)
  })
})
