import { describe, expect, it } from 'vitest'
import { archiveStateOf, createArchiveHealth, type ArchiveRow } from './wal-archive.ts'

const MB = 2 ** 20
const row = (more: Partial<ArchiveRow>): ArchiveRow => ({
  ...{ lsn: '2/5000060', segment_bytes: 16 * MB, last_file: '000000010000000200000004', age: 900 },
  ...{ failing: false, checkpointed: true, timeout: 45, ...more },
})
const waiting = (more: Partial<ArchiveRow>): number => archiveStateOf(row(more)).waitingFiles
const late = (more: Partial<ArchiveRow>): number => archiveStateOf(row(more)).lateSeconds

describe('the archive', () => {
  it('is not late while only the file that is being written is missing, however long ago the last one went', () => {
    expect([waiting({}), late({ age: 36_000 })]).toEqual([0, 0])
  })

  it('is late by the age of the last file as soon as a whole one waits', () => {
    expect([waiting({ lsn: '2/6000000' }), late({ lsn: '2/6000000' })]).toEqual([1, 900])
  })

  it('counts over the end of a log, by the size of a file, and over timelines', () => {
    expect(waiting({ lsn: '3/1000028', last_file: '0000000100000002000000FE' })).toBe(2)
    expect(waiting({ lsn: '3/4000028', segment_bytes: 64 * MB, last_file: '00000001000000020000003F' })).toBe(
      1,
    )
    expect(waiting({ last_file: '000000020000000200000004' })).toBe(0)
  })

  it('is late from the first failure, also where nothing was ever archived', () => {
    expect(late({ failing: true })).toBe(900)
    expect(late({ failing: true, last_file: null, checkpointed: false })).toBe(900)
  })

  it.each([null, '00000002.history', '000000010000000200000001.00000028.backup'])(
    'goes by checkpoints where the last file (%s) does not say how far it is',
    (last_file) => {
      expect(waiting({ last_file, checkpointed: true })).toBe(1)
      expect(waiting({ last_file, checkpointed: false })).toBe(0)
    },
  )
})

describe('its health, look after look', () => {
  const MINUTE_MS = 60_000
  const well = archiveStateOf(row({}))
  const failing = archiveStateOf(row({ failing: true, age: 5 }))
  const waiting = archiveStateOf(row({ lsn: '2/6000000', age: 36_000 }))

  it('is late once it has been so at every look of a minute, and not for the first file after an idle night', () => {
    let now = 0
    const health = createArchiveHealth(() => now)
    const after = (ms: number, state: typeof well): string => health(((now += ms), state))
    expect(after(0, well)).toBe('archived')
    expect(after(MINUTE_MS, waiting)).toBe('trying')
    expect(after(1, well)).toBe('archived')
    expect(after(MINUTE_MS, failing)).toBe('trying')
    expect(after(MINUTE_MS - 1, failing)).toBe('trying')
    expect(after(1, waiting)).toBe('late')
    expect(after(1, well)).toBe('archived')
  })

  it('is none of a server that archives nothing, which forgets what was', () => {
    let now = 0
    const health = createArchiveHealth(() => now)
    expect([health(failing), health(null)]).toEqual(['trying', 'none'])
    now = MINUTE_MS
    expect(health(failing)).toBe('trying')
  })

  it('waits with a file that is not late yet', () => {
    let now = 0
    const health = createArchiveHealth(() => now)
    const young = archiveStateOf(row({ lsn: '2/6000000', age: 100 }))
    expect(health(young)).toBe('trying')
    now = 2 * MINUTE_MS
    expect(health(young)).toBe('trying')
  })
})
