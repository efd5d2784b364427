import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../test/harness.ts'
import { askOnce, type Schedule } from './schedules.ts'

const HOURLY: Schedule = { queue: 'housekeeping', everySeconds: 3600 }
let harness: Harness
beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())
beforeEach(async () => void (await harness.database.admin.query('delete from pgboss.job')))

const ask = (): Promise<boolean> => askOnce(harness.context.control, HOURLY, harness.clock.now())
const setJobs = (change: string): Promise<unknown> =>
  harness.database.admin.query(`update pgboss.job set ${change} where name = 'housekeeping'`)

it('one of many schedulers gets the slot', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, ask))
  expect(answers.filter(Boolean)).toHaveLength(1)
})

it('a slot whose job has ended is not asked for again', async () => {
  await ask()
  await setJobs("state = 'completed', completed_on = now()")
  expect(await ask()).toBe(false)
})

it('the next slot is asked for once the job before it is taken', async () => {
  await ask()
  await setJobs("singleton_on = singleton_on - interval '1 hour'")
  expect(await ask()).toBe(false)
  await setJobs("state = 'active', started_on = now()")
  expect(await ask()).toBe(true)
})
