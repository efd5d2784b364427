/** For tests: a whole statement read at once. */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import type { CsvGuess } from './csv-guess.ts'
import { openStatement } from './parse-statement.ts'
import { StatementRefused, sourceFromBytes } from './statement.ts'
import type { RowError, StatementRow, StatementSummary } from './statement.ts'

export interface ReadAll {
  status: 'ready' | 'needs_mapping' | 'refused'
  rows: StatementRow[]
  errors: readonly RowError[]
  summary: StatementSummary | null
  mapping: CsvMapping | null
  guess: CsvGuess | null
  refusal: StatementRefused | null
  encoding: string | null
}

export interface ReadOptions {
  currency?: string
  locale?: string
  mapping?: CsvMapping
  chunkBytes?: number
}

/** Reads text (as UTF-8) or bytes. Whatever is no refusal passes through as the failure it is. */
export async function readAll(content: string | Uint8Array, options: ReadOptions = {}): Promise<ReadAll> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const empty = {
    rows: [],
    errors: [],
    summary: null,
    mapping: null,
    guess: null,
    refusal: null,
    encoding: null,
  }
  try {
    const opened = await openStatement(sourceFromBytes(bytes, options.chunkBytes), {
      defaultCurrency: options.currency ?? 'BRL',
      locale: options.locale ?? null,
      mapping: options.mapping ?? null,
    })
    const { encoding } = opened
    if (opened.status === 'needs_mapping')
      return { ...empty, status: 'needs_mapping', guess: opened.guess, encoding }
    const rows: StatementRow[] = []
    const errors: RowError[] = []
    const { batches, summary } = opened.read()
    for await (const batch of batches) {
      rows.push(...batch.rows)
      errors.push(...batch.errors)
    }
    return { ...empty, status: 'ready', rows, errors, summary, mapping: opened.mapping, encoding }
  } catch (error) {
    if (!(error instanceof StatementRefused)) throw error
    return { ...empty, status: 'refused', errors: error.errors, refusal: error }
  }
}

/** `date amount text` of each row, amounts in minor units: short enough to compare by eye. */
export function brief(read: ReadAll): string[] {
  return read.rows.map((row) => `${row.occurredOn} ${row.amountMinor} ${row.description}`)
}
