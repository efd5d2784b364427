/** What a recovery wants of archived WAL: no gap goes by in silence, and no whole archive is refused. */
import { describe, expect, it } from 'vitest'
import { firstMissing, startOf } from './wal-order.ts'

const label = (lsn: string, file: string): string =>
  `START WAL LOCATION: ${lsn} (file ${file})\nCHECKPOINT LOCATION: ${lsn}\n`
const start = startOf(label('0/5000028', '000000010000000000000005'))
const of = (timeline: number, ...places: string[]): string[] =>
  places.map((place) => `0000000${timeline}00000000000000${place}.gz.age`)
const none = new Map<number, string>()
const missing = (names: string[], histories = none, from = start): string | undefined =>
  firstMissing(names, from, histories)?.name

describe('the start of a base copy', () => {
  it('tells the size of segments', () => {
    expect(start).toEqual({ timeline: 1, segment: 5, bytes: 16 << 20 })
    expect(startOf(label('2/C0000028', '000000030000000200000003'))).toEqual({
      ...{ timeline: 3, segment: 11, bytes: 1 << 30 },
    })
    expect(startOf(label('0/500028', '000000010000000000000005')).bytes).toBe(1 << 20)
    expect(startOf(label('1/28', '000000010000000100000000'))).toEqual({
      ...{ timeline: 1, segment: 256, bytes: 16 << 20 },
    })
    expect(() => startOf('')).toThrow(/does not say/)
  })
})

describe('archived WAL', () => {
  it('is whole from the first segment on, whatever else lies there', () => {
    expect(missing([...of(1, '05', '06', '07'), '000000010000000000000005.00000028.backup.gz.age'])).toBe(
      undefined,
    )
    expect(missing(of(1, '03', '05', '06'))).toBe(undefined)
    expect(missing(of(1, '05', '07'))).toBe('000000010000000000000006')
    expect(missing(of(1, '06', '07'))).toBe('000000010000000000000005')
    expect(missing(of(1, '04'))).toBe('000000010000000000000005')
  })

  it('goes on after each 4 GB with the next number', () => {
    const from = startOf(label('0/FE000028', '0000000100000000000000FE'))
    const all = ['0000000100000000000000FE', '0000000100000000000000FF', '000000010000000100000000']
    expect(missing(all, none, from)).toBe(undefined)
    expect(missing([all[0] ?? '', all[2] ?? ''], none, from)).toBe(all[1])
    const large = startOf(label('0/C0000028', '000000010000000000000003'))
    expect(missing(['000000010000000000000003', '000000010000000100000000'], none, large)).toBe(undefined)
  })

  it('goes over to the next timeline in the segment where the one before was left', () => {
    const histories = new Map([[2, '1\t0/7000100\tno recovery target specified\n']])
    expect(missing([...of(1, '05', '06'), ...of(2, '07', '08')], histories)).toBe(undefined)
    // What the old one wrote after it was left is not read.
    expect(missing([...of(1, '05', '06', '07', '0B'), ...of(2, '07', '08')], histories)).toBe(undefined)
    // Its own first segment is archived after its history.
    expect(missing(of(1, '05', '06'), histories)).toBe(undefined)
    expect(missing([...of(1, '05'), ...of(2, '07')], histories)).toBe('000000010000000000000006')
    expect(missing([...of(1, '05', '06', '07', '08'), ...of(2, '08')], histories)).toBe(
      '000000020000000000000007',
    )
    expect(missing([...of(1, '05', '06'), ...of(2, '07', '09')], histories)).toBe('000000020000000000000008')
    expect(missing([...of(1, '05', '06'), ...of(2, '07')])).toBe('00000002.history')
    const third = new Map([...histories, [3, '1\t0/7000100\tx\n\n2\t0/9000000\tx\n'] as const])
    const upToThird = [...of(1, '05', '06'), ...of(2, '07', '08'), ...of(3, '09')]
    expect(missing(upToThird, third)).toBe(undefined)
    expect(missing(upToThird.slice(0, -2), third)).toBe('000000020000000000000008')
    const second = startOf(label('0/7000200', '000000020000000000000007'))
    expect(missing(of(2, '07'), histories, second)).toBe(undefined)
  })
})
