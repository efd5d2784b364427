import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { report } from '../src/platform/database-report.ts'
import { inWords, isDue, maintain, nextMaintenance } from '../src/platform/maintenance.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

describe('maintenance', () => {
  it('vacuums what is due, and that alone; the report shows it', async () => {
    await database.admin.query(
      `insert into control.inbound_events (id, phone_number_id, event_key, received_at)
       select gen_random_uuid(), '1', n::text, now() from generate_series(1, 2000) n`,
    )
    await database.admin.query('delete from control.inbound_events where event_key::int > 1000')
    // Statistics are told at once where the session says so.
    await database.admin.query('select pg_stat_force_next_flush()')
    await database.admin.query('select 1')
    const before = (await report(database.backupUrl)).find((line) =>
      line.startsWith('control.inbound_events'),
    )
    expect(before).toMatch(/ 1000 +never +never +due$/)
    const done = await maintain(database.maintenanceUrl)
    expect(done).toMatchObject({ ok: true, tables: ['control.inbound_events'] })
    expect(inWords(done)).toBe('Vacuumed and analyzed control.inbound_events.')
    expect((await report(database.backupUrl)).at(-2)).toMatch(
      /^Last maintenance: 0\.0 h ago, did control\.inbound_events$/,
    )
    const again = await maintain(database.maintenanceUrl)
    expect(again).toMatchObject({ ok: true, tables: [] })
    expect(inWords(again)).toBe('No table was vacuumed: none is due.')
    const lines = await report(database.backupUrl)
    expect(lines.find((line) => line.startsWith('control.inbound_events'))).toMatch(/ 0 +0\.0 h +0\.0 h/)
    expect(lines.at(-1)).toBe('No backup was written down.')
  })

  it('says which table it could not do, and does the others', async () => {
    await database.admin.query(
      `insert into control.inbound_events (id, phone_number_id, event_key, received_at)
       select gen_random_uuid(), '2', n::text, now() from generate_series(1, 2000) n`,
    )
    await database.admin.query('select pg_stat_force_next_flush()')
    await database.admin.query('begin')
    await database.admin.query('lock table control.inbound_events in access exclusive mode')
    const result = await maintain(database.maintenanceUrl)
    await database.admin.query('rollback')
    expect(result).toMatchObject({ ok: false, tables: [] })
    expect(inWords(result)).toMatch(
      /^No table was vacuumed\. Not all of it could be done: control\.inbound_events: /,
    )
    expect((await report(database.backupUrl)).at(-2)).toMatch(
      /FAILED: control\.inbound_events: .*lock timeout/,
    )
  })

  it('names what takes far more room than its rows need, and nothing else', async () => {
    const { admin, backupUrl } = database
    const bloat = async (): Promise<string[]> =>
      (await report(backupUrl)).filter((line) => /^ {2}control\.\S+ [\d.]+ of [\d.]+ MB$/.test(line))
    expect(await bloat()).toEqual([])
    await admin.query(
      `insert into control.inbound_events (id, phone_number_id, event_key, received_at)
       select gen_random_uuid(), '3', n::text, now() from generate_series(1, 60000) n`,
    )
    await admin.query('analyze control.inbound_events')
    // Full, and not bloated.
    expect(await bloat()).toEqual([])
    await admin.query(
      "delete from control.inbound_events where phone_number_id = '3' and event_key::int % 10 <> 0",
    )
    await admin.query('vacuum (analyze) control.inbound_events')
    const lines = await bloat()
    expect(lines.some((line) => line.startsWith('  control.inbound_events '))).toBe(true)
    expect(lines.some((line) => line.startsWith('  control.inbound_events_pkey '))).toBe(true)
    expect((await report(backupUrl)).join('\n')).toMatch(/^Bloat, estimated .*VACUUM FULL.*REINDEX/m)
    await admin.query("delete from control.inbound_events where phone_number_id = '3'")
    await admin.query('vacuum (full, analyze) control.inbound_events')
    expect(await bloat()).toEqual([])
  })

  it('is a login of its own: no superuser, bound by row level security, and it sees no row of a tenant', async () => {
    const { rows } = await database.admin.query(
      "select rolsuper, rolbypassrls, rolconnlimit from pg_roles where rolname = 'chronos_maintenance'",
    )
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false, rolconnlimit: 2 }])
    await database.admin.query(
      "insert into app.tenants (tenant_id, name, currency, locale, timezone, status, created_at, updated_at) values (gen_random_uuid(), 'x', 'BRL', 'pt-BR', 'UTC', 'active', now(), now())",
    )
    const client = new pg.Client({ connectionString: database.maintenanceUrl })
    await client.connect()
    expect((await client.query('select * from app.tenants')).rows).toEqual([])
    await client.end()
  })

  it('is due at its time of the day, today or tomorrow', () => {
    const next = (now: string): string => nextMaintenance('02:30', new Date(now)).toISOString()
    expect(next('2026-11-26T01:00:00Z')).toBe('2026-11-26T02:30:00.000Z')
    expect(next('2026-11-26T02:30:00Z')).toBe('2026-11-27T02:30:00.000Z')
  })

  it('leaves a handful of dead rows, and a small share of many', () => {
    const table = { name: '', changedSinceAnalyze: 0, sizeBytes: 0, vacuumedHours: null, analyzedHours: null }
    expect(isDue({ ...table, liveRows: 10, deadRows: 400 })).toBe(false)
    expect(isDue({ ...table, liveRows: 100_000, deadRows: 4000 })).toBe(false)
    expect(isDue({ ...table, liveRows: 10_000, deadRows: 4000 })).toBe(true)
  })
})
