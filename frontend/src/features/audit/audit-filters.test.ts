import { AUDIT_EVENTS } from '@chronos/contracts/audit'
import { describe, expect, it } from 'vitest'
import { countAuditFilters, eventsBySubject, readAuditFilters } from './audit-filters.ts'

describe('the filters of the history', () => {
  it('read what makes sense and leave out the rest', () => {
    const id = '0199a2b4-1111-7222-8333-444455556666'
    const good = {
      action: 'session.started',
      entity: 'users',
      actorId: id,
      from: '2026-11-01',
      to: '2026-11-23',
    }
    expect(readAuditFilters(good)).toEqual(good)
    expect(
      readAuditFilters({
        action: "x'; drop",
        entity: 7,
        actorId: '1',
        from: '2026-02-30',
        to: 'today',
        other: '1',
      }),
    ).toEqual({})
  })

  it('are counted', () => {
    expect(countAuditFilters({})).toBe(0)
    expect(countAuditFilters({ action: 'insert', entity: undefined, from: '2026-11-01' })).toBe(2)
  })

  it('offer every event once', () => {
    const offered = eventsBySubject().flatMap(({ events }) => events)
    expect(offered.sort()).toEqual([...AUDIT_EVENTS].sort())
  })
})
