// Adds what the browser journeys ran to the coverage of the tests: of the server what Node wrote down
// (NODE_V8_COVERAGE), of the web what Chromium did, led back to its sources by the maps of the build. The tests' own
// list of statements stays; a statement that ran in a journey counts as run.
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { eachMapping, TraceMap } from '@jridgewell/trace-mapping'
import type { CoverageMap, FileCoverage } from '@vitest/istanbul-lib-coverage'
import { executedPlaces, lineStarts } from './executed.ts'
import type { ScriptCoverage } from './executed.ts'

interface Place {
  line: number
  column: number
}
interface Extent {
  start: Place
  end: Place
}
/** Whether what lies there ran. */
type HasRun = (extent: Extent) => boolean

const readJson = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8')) as T

/** Raises the counts of whatever ran; nothing is lowered. @returns how many statements are new */
export function addRun({ data }: Pick<FileCoverage, 'data'>, hasRun: HasRun): number {
  let added = 0
  for (const [id, extent] of Object.entries(data.statementMap)) {
    if (data.s[id] !== 0 || !hasRun(extent)) continue
    data.s[id] = 1
    added += 1
  }
  for (const [id, { loc }] of Object.entries(data.fnMap)) if (data.f[id] === 0 && hasRun(loc)) data.f[id] = 1
  for (const [id, { locations }] of Object.entries(data.branchMap)) {
    const counts = data.b[id] ?? []
    for (const [index, extent] of locations.entries())
      if (counts[index] === 0 && hasRun(extent)) counts[index] = 1
  }
  return added
}

/** What a server ran. Its TypeScript has its types blanked out, so every place is where it is in the source. */
export function addServerRuns(map: CoverageMap, folder: string): number {
  const runs = new Map<string, Uint8Array>()
  for (const file of globSync('*.json', { cwd: folder })) {
    for (const script of readJson<{ result: ScriptCoverage[] }>(path.join(folder, file)).result) {
      if (!script.url.startsWith('file://')) continue
      const source = fileURLToPath(script.url)
      if (map.data[source] === undefined) continue
      note(runs, source, executedPlaces(script, readFileSync(source, 'utf8').length))
    }
  }
  let added = 0
  for (const [source, places] of runs) {
    const starts = lineStarts(readFileSync(source, 'utf8'))
    const hasRun: HasRun = ({ start }) => places[(starts[start.line - 1] ?? 0) + start.column] === 1
    added += addRun(map.fileCoverageFor(source), hasRun)
  }
  return added
}

/**
 * What browsers ran of the web.
 * @param folder holds what Playwright's fixture wrote, a list of scripts in each file
 * @param builtWeb the folder that was served, with a map beside each script
 */
export function addBrowserRuns(map: CoverageMap, folder: string, builtWeb: string): number {
  const runs = new Map<string, Uint8Array>()
  for (const file of globSync('*.json', { cwd: folder })) {
    for (const script of readJson<ScriptCoverage[]>(path.join(folder, file))) {
      const built = path.join(builtWeb, new URL(script.url).pathname)
      if (!existsSync(`${built}.map`)) continue
      note(runs, built, executedPlaces(script, readFileSync(built, 'utf8').length))
    }
  }
  const ran = new Map<string, Mapped[]>()
  for (const [built, places] of runs) collect(built, places, ran)
  let added = 0
  for (const [source, mapped] of ran) {
    if (map.data[source] === undefined) continue
    mapped.sort((a, b) => order(a, b))
    added += addRun(map.fileCoverageFor(source), (extent) => firstWithin(mapped, extent)?.hasRun ?? false)
  }
  return added
}

function note(runs: Map<string, Uint8Array>, file: string, places: Uint8Array): void {
  const known = runs.get(file)
  if (known === undefined) runs.set(file, places)
  else for (let at = 0; at < known.length; at += 1) if (places[at] === 1) known[at] = 1
}

type Mapped = Place & { hasRun: boolean }

const order = (a: Place, b: Place): number => a.line - b.line || a.column - b.column

function collect(built: string, places: Uint8Array, ran: Map<string, Mapped[]>): void {
  const starts = lineStarts(readFileSync(built, 'utf8'))
  eachMapping(new TraceMap(readFileSync(`${built}.map`, 'utf8')), (mapping) => {
    if (mapping.source === null) return
    const source = path.resolve(path.dirname(built), mapping.source)
    const at = (starts[mapping.generatedLine - 1] ?? 0) + mapping.generatedColumn
    const list = ran.get(source) ?? []
    list.push({ line: mapping.originalLine, column: mapping.originalColumn, hasRun: places[at] === 1 })
    ran.set(source, list)
  })
}

/** The first place of a statement that the build kept; undefined where it kept none. */
function firstWithin(mapped: readonly Mapped[], { start, end }: Extent): Mapped | undefined {
  let low = 0
  let high = mapped.length
  while (low < high) {
    const middle = (low + high) >> 1
    const place = mapped[middle]
    if (place !== undefined && order(place, start) < 0) low = middle + 1
    else high = middle
  }
  const found = mapped[low]
  return found !== undefined && order(found, end) < 0 ? found : undefined
}
