/** A ZIP that is written as it grows: every list once as JSON and once as CSV that no spreadsheet takes for formulas. */
import { strToU8, Zip, ZipDeflate } from 'fflate'
import { csvField } from './csv.ts'

export type Row = Record<string, unknown>

export interface Archive {
  /** Adds a list from its pages. */
  addList(name: string, pages: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>): Promise<void>
  end(): Promise<void>
}

const PIECE_BYTES = 256 * 1024

/** @param write takes the pieces of the file, in their order */
export function createArchive(write: (piece: Buffer) => Promise<void>): Archive {
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  let failure: Error | null = null
  const zip = new Zip((error, data) => {
    if (error) failure = error
    else {
      waiting.push(data)
      waitingBytes += data.length
    }
  })
  const flush = async (least: number): Promise<void> => {
    if (failure) throw failure
    if (waitingBytes < least || waitingBytes === 0) return
    const piece = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    await write(piece)
  }
  return {
    async addList(name, pages) {
      // Both grow at once; what there is of the CSV waits, compressed, until the JSON before it is whole.
      const json = new ZipDeflate(`${name}.json`)
      const csv = new ZipDeflate(`${name}.csv`)
      zip.add(json)
      zip.add(csv)
      let columns: string[] | null = null
      for await (const rows of pages) {
        if (rows.length === 0) continue
        const isFirst = columns === null
        const known: string[] = columns ?? Object.keys(rows[0] ?? {})
        columns = known
        json.push(strToU8((isFirst ? '[\n' : ',\n') + rows.map((row) => JSON.stringify(row)).join(',\n')))
        const head = isFirst ? `\uFEFF${known.map(cell).join(',')}\r\n` : ''
        csv.push(strToU8(head + rows.map((row) => lineOf(known, row)).join('')))
        await flush(PIECE_BYTES)
      }
      json.push(strToU8(columns === null ? '[]\n' : '\n]\n'), true)
      csv.push(strToU8(columns === null ? '\uFEFF' : ''), true)
      await flush(PIECE_BYTES)
    },
    async end() {
      zip.end()
      await flush(1)
    },
  }
}

function lineOf(columns: readonly string[], row: Row): string {
  return `${columns.map((column) => cell(row[column])).join(',')}\r\n`
}

/** Numbers stay numbers, below zero too; a text that a spreadsheet would calculate is led by an apostrophe. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^-\d+(?:\.\d+)?$/.test(text) ? text : csvField(text)
}
