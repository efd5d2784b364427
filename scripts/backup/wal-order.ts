// Which archived WAL a recovery reads, and the first of it that is not there. Pure. A server that recovers takes a segment
// that it does not get for the end of the WAL, and says nothing: a gap has to be found before it starts.

/** wal_segment_size, where a base copy does not tell of another. */
const USUAL_BYTES = 16 * 1024 * 1024
const MIN_BYTES = 1024 * 1024
const MAX_BYTES = 1024 * MIN_BYTES
const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})(?:\.gz)?(?:\.age)?$/
const HISTORY = /^([0-9A-F]{8})\.history(?:\.gz)?(?:\.age)?$/
const START = /^START WAL LOCATION: [0-9A-F]+\/([0-9A-F]+) \(file ([0-9A-F]{24})\)/m

/** Where the recovery of a base copy begins. */
export interface WalStart {
  timeline: number
  /** Counted over the whole WAL, as all numbers here. */
  segment: number
  /** Of one segment. */
  bytes: number
}

export interface Segment {
  timeline: number
  segment: number
}

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(8, '0')
const perFile = (bytes: number): number => 2 ** 32 / bytes

/** @returns undefined for what is no segment */
export function segmentOf(name: string, bytes: number): Segment | undefined {
  const [, timeline, high, low] = SEGMENT.exec(name) ?? []
  if (timeline === undefined || high === undefined || low === undefined) return undefined
  return {
    timeline: Number.parseInt(timeline, 16),
    segment: Number.parseInt(high, 16) * perFile(bytes) + Number.parseInt(low, 16),
  }
}

/** The timeline that a file is the history of; undefined for any other file. */
export function historyOf(name: string): number | undefined {
  const [, timeline] = HISTORY.exec(name) ?? []
  return timeline === undefined ? undefined : Number.parseInt(timeline, 16)
}

function nameOf({ timeline, segment }: Segment, bytes: number): string {
  return `${hex(timeline)}${hex(Math.floor(segment / perFile(bytes)))}${hex(segment % perFile(bytes))}`
}

/** @param label the text of `backup_label` */
export function startOf(label: string): WalStart {
  const [, offset, file] = START.exec(label) ?? []
  if (offset === undefined || file === undefined)
    throw new Error('The backup_label of this base copy does not say where its WAL begins.')
  // The two together give the size of a segment, but for the first one of each 4 GB.
  const low = Number.parseInt(file.slice(16), 16)
  let bytes = MIN_BYTES
  while (low > 0 && bytes <= MAX_BYTES && Math.floor(Number.parseInt(offset, 16) / bytes) !== low) bytes *= 2
  if (low === 0 || bytes > MAX_BYTES) bytes = USUAL_BYTES
  return { timeline: 0, segment: 0, ...segmentOf(file, bytes), bytes }
}

/** The segment in which each timeline was left for the next, the oldest first. */
function endsIn(history: string, bytes: number): Map<number, number> {
  const lines = [...history.matchAll(/^\s*(\d+)\s+([0-9A-F]+)\/([0-9A-F]+)/gim)]
  return new Map(
    lines.map(([, timeline, high, low]) => [
      Number(timeline),
      Number.parseInt(high ?? '', 16) * perFile(bytes) + Math.floor(Number.parseInt(low ?? '', 16) / bytes),
    ]),
  )
}

/**
 * The first file that a recovery to the end wants and does not find, by the way that the server takes: along the newest
 * timeline, each from the segment in which the one before was left, up to the last archived one.
 * @param names of the archive, as they are there
 * @param histories texts, by timeline
 */
export function firstMissing(
  names: readonly string[],
  start: WalStart,
  histories: ReadonlyMap<number, string>,
): { name: string; segment: number } | undefined {
  const { bytes } = start
  const segments = names.flatMap((name) => segmentOf(name, bytes) ?? [])
  const there = new Set(segments.map((each) => nameOf(each, bytes)))
  let newest = start.timeline
  while (histories.has(newest + 1)) newest += 1
  const further = segments.filter(({ timeline }) => timeline > newest)
  if (further.length > 0)
    return { name: `${hex(newest + 1)}.history`, segment: Math.min(...further.map(({ segment }) => segment)) }
  const ends = [...endsIn(histories.get(newest) ?? '', bytes)].filter(
    ([timeline]) => timeline >= start.timeline && timeline < newest,
  )
  const gap = (
    timeline: number,
    from: number,
    end: number,
  ): { name: string; segment: number } | undefined => {
    for (let segment = from; segment < end; segment += 1) {
      const name = nameOf({ timeline, segment }, bytes)
      if (!there.has(name)) return { name, segment }
    }
    return undefined
  }
  let from = start.segment
  for (const [timeline, end] of ends) {
    const missing = gap(timeline, from, end)
    if (missing) return missing
    from = Math.max(from, end)
  }
  // Where the newest does not come from that of the copy the server refuses by itself.
  const last = newest === start.timeline || ends.length > 0 ? newest : start.timeline
  const until = segments.filter(({ timeline }) => timeline === last).map(({ segment }) => segment + 1)
  // The first one of a new timeline is archived some time after its history; that of the copy was waited for.
  const least = last === start.timeline ? from + 1 : from
  return gap(
    last,
    from,
    until.reduce((most, each) => Math.max(most, each), least),
  )
}
