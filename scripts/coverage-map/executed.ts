// V8 tells of a script which ranges of it ran, the innermost range deciding. Here that becomes: did this place run.

/** As V8 and Playwright write it. */
export interface ScriptCoverage {
  url: string
  functions: { ranges: { startOffset: number; endOffset: number; count: number }[] }[]
}

/** One byte for each character of the script, 1 where it ran. */
export function executedPlaces({ functions }: ScriptCoverage, length: number): Uint8Array {
  const places = new Uint8Array(length)
  const ranges = functions.flatMap((each) => each.ranges)
  // Ranges nest, so what lies inside is written after what surrounds it.
  ranges.sort((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset))
  for (const { startOffset, endOffset, count } of ranges)
    places.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  return places
}

/** Where each line begins; the first is line 0. */
export function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
