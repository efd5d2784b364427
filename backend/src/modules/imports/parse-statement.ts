/**
 * The one door to the statement parsers. The content decides the format; a refusal is a StatementRefused, thrown here
 * or while the batches are read, and means that nothing of the file may be kept.
 */
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import { openCsv } from './csv.ts'
import type { CsvGuess } from './csv-guess.ts'
import { surveyBytes } from './decode.ts'
import { openOfx } from './ofx.ts'
import { sniffFormat } from './sniff.ts'
import { StatementRefused } from './statement.ts'
import type { Notice, StatementFormat, StatementReading, StatementSource } from './statement.ts'

export interface OpenOptions {
  /** What amounts are read as where the file names no currency: the chosen account's, else the workspace's. */
  defaultCurrency: string
  /** How the columns of a CSV are to be read; guessed where null. */
  mapping?: CsvMapping | null
  /** The reader's language, `pt-BR`: the last word on the order of day and month where nothing else tells. */
  locale?: string | null
}

export type OpenedStatement =
  | {
      status: 'ready'
      format: StatementFormat
      encoding: string
      /** How the columns are read (given or guessed); null for OFX. */
      mapping: CsvMapping | null
      /** Begins a reading from the start; can be called again. */
      read(): StatementReading
    }
  | { status: 'needs_mapping'; format: 'csv'; encoding: string; guess: CsvGuess }

/**
 * Looks at the whole file and makes it ready to be read.
 * @throws StatementRefused for a file that cannot be imported at all
 */
export async function openStatement(source: StatementSource, options: OpenOptions): Promise<OpenedStatement> {
  const survey = await surveyBytes(source)
  if (survey.sizeBytes === 0) throw new StatementRefused('file_empty', 'The file is empty.')
  const { encoding } = survey
  const format = sniffFormat(survey.headBytes, survey.head, survey.binary)
  const notices: Notice[] = survey.damaged
    ? [
        {
          code: 'unreadable_characters',
          message: 'Some letters of the file are damaged and could not be read.',
        },
      ]
    : []
  const input = { source, encoding, defaultCurrency: options.defaultCurrency }
  if (format === 'ofx') {
    const read = await openOfx(input)
    return { status: 'ready', format, encoding, mapping: null, read: () => withNotices(read(), notices) }
  }
  const opened = await openCsv({ ...input, mapping: options.mapping ?? null, locale: options.locale ?? null })
  if (opened.status === 'needs_mapping')
    return { status: 'needs_mapping', format, encoding, guess: opened.guess }
  const { mapping, read } = opened
  return { status: 'ready', format, encoding, mapping, read: () => withNotices(read(), notices) }
}

function withNotices(reading: StatementReading, notices: readonly Notice[]): StatementReading {
  reading.summary.notices.push(...notices)
  return reading
}
