import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { isDue, maintain, report } from '../../scripts/db-report.ts'
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
    expect(await maintain(database.ownerUrl)).toEqual(['control.inbound_events'])
    expect(await maintain(database.ownerUrl)).toEqual([])
    const lines = await report(database.backupUrl)
    expect(lines.find((line) => line.startsWith('control.inbound_events'))).toMatch(/ 0 +0\.0 h +0\.0 h/)
    expect(lines.at(-1)).toBe('No backup was written down.')
  })

  it('leaves a handful of dead rows, and a small share of many', () => {
    const table = { name: '', changedSinceAnalyze: 0, sizeBytes: 0, vacuumedHours: null, analyzedHours: null }
    expect(isDue({ ...table, liveRows: 10, deadRows: 400 })).toBe(false)
    expect(isDue({ ...table, liveRows: 100_000, deadRows: 4000 })).toBe(false)
    expect(isDue({ ...table, liveRows: 10_000, deadRows: 4000 })).toBe(true)
  })
})
