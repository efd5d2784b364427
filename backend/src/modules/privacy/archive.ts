/** A ZIP that is written as it grows: every list once as JSON and once as CSV that no spreadsheet takes for formulas. */
import { strToU8, Zip, ZipDeflate } from 'fflate'
import type { Row } from './personal-export.queries.ts'

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
      // One entry of a ZIP after the other: the CSV waits until the JSON is whole.
      const table: string[] = []
      const json = new ZipDeflate(`${name}.json`)
      zip.add(json)
      let columns: string[] | null = null
      let first = true
      for await (const rows of pages) {
        for (const row of rows) {
          columns ??= Object.keys(row)
          json.push(strToU8(`${first ? '[\n' : ',\n'}${JSON.stringify(row)}`))
          first = false
        }
        const known = columns ?? []
        table.push(rows.map((row) => known.map((column) => cell(row[column])).join(',')).join('\r\n'))
        await flush(PIECE_BYTES)
      }
      json.push(strToU8(first ? '[]\n' : '\n]\n'), true)
      const csv = new ZipDeflate(`${name}.csv`)
      zip.add(csv)
      csv.push(strToU8(`\uFEFF${(columns ?? []).map(cell).join(',')}\r\n`))
      for (const part of table) csv.push(strToU8(`${part}\r\n`))
      csv.push(new Uint8Array(), true)
      await flush(PIECE_BYTES)
    },
    async end() {
      zip.end()
      await flush(1)
    },
  }
}

/** A text that a spreadsheet would calculate is led by an apostrophe; numbers stay numbers. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
