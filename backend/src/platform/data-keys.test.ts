import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHarness, type Harness } from '../../test/harness.ts'
import { destroyDataKey } from './data-keys.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness.close())

describe('the key of a person', () => {
  it('opens what it sealed, in its own column alone', async () => {
    const { dataKeys } = harness.context
    const sealed = (await dataKeys.of(randomUUID())).seal('Ana Prado', 'app.x.name')
    expect(sealed).not.toContain('Ana')
    const open = await dataKeys.openerFor([sealed])
    expect(open(sealed, 'app.x.name')).toBe('Ana Prado')
    expect(() => open(sealed, 'app.x.email')).toThrow()
  })

  it('is one, however many ask for it at once, and another for everybody else', async () => {
    const { dataKeys } = harness.context
    const owner = randomUUID()
    const keys = await Promise.all(Array.from({ length: 8 }, () => dataKeys.of(owner)))
    const sealed = keys.map((key) => key.seal('x', 'app.x.name'))
    const open = await dataKeys.openerFor(sealed)
    expect(sealed.map((value) => open(value, 'app.x.name'))).toEqual(sealed.map(() => 'x'))
    const moved = (sealed[0] ?? '').replace(owner, randomUUID())
    expect((await dataKeys.openerFor([moved]))(moved, 'app.x.name')).toBeNull()
  })

  it('opens nothing once it is destroyed, and is never made again', async () => {
    const { dataKeys, control, clock } = harness.context
    const owner = randomUUID()
    const sealed = (await dataKeys.of(owner)).seal('Ana Prado', 'app.x.name')
    for (let round = 0; round < 2; round += 1) await destroyDataKey(control, owner, clock.now())
    expect((await dataKeys.openerFor([sealed]))(sealed, 'app.x.name')).toBeNull()
    await expect(dataKeys.of(owner)).rejects.toMatchObject({ code: 'not_found' })
    const { rows } = await harness.database.admin.query(
      'select sealed_key, destroyed_at is not null as destroyed from control.data_keys where owner_id = $1',
      [owner],
    )
    expect(rows).toEqual([{ sealed_key: null, destroyed: true }])
  })

  it('leaves values that are not sealed as they stand', async () => {
    const open = await harness.context.dataKeys.openerFor(['plain', null])
    expect([open('plain', 'app.x.name'), open(null, 'app.x.name')]).toEqual(['plain', null])
  })
})
