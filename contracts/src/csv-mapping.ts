/**
 * How the columns of a CSV statement are to be read. It is guessed from the file, shown to the person, and can be
 * sent back corrected. Columns count from 0; lines count from 1, as a text editor shows them.
 */
import { z } from 'zod'
import { Currency } from './money.ts'

const Column = z.int().min(0).max(499)

/** What stands for money in and money out in a column of marks (`C`/`D`, `Af`/`Bij`), upper or lower case alike. */
const Marks = z.array(z.string().max(40)).max(20)

/** One amount column that carries its own sign. `positive: 'out'` is how card statements print charges. */
export const CsvSignedAmount = z.strictObject({
  style: z.literal('signed'),
  column: Column,
  positive: z.enum(['in', 'out']),
})

/** One unsigned amount column, and another that says which way the money went. A blank mark may have a meaning. */
export const CsvFlaggedAmount = z.strictObject({
  style: z.literal('flag'),
  column: Column,
  flagColumn: Column,
  inMarks: Marks,
  outMarks: Marks,
  blank: z.enum(['in', 'out', 'refuse']),
})

/** Two columns. `…Negative` tells that the column prints its ordinary amounts with a minus sign. */
export const CsvPairAmount = z.strictObject({
  style: z.literal('pair'),
  outColumn: Column,
  inColumn: Column,
  outNegative: z.boolean(),
  inNegative: z.boolean(),
})

export const CsvMapping = z
  .strictObject({
    delimiter: z.enum([',', ';', '\t', '|']),
    quote: z.enum(['"', "'"]).default('"'),
    /** The line with the column names; null where there is none. */
    headerLine: z.int().min(1).nullable().default(null),
    firstDataLine: z.int().min(1),
    date: z.strictObject({ column: Column, order: z.enum(['YMD', 'DMY', 'MDY']) }),
    decimalMark: z.enum(['.', ',']),
    amount: z.discriminatedUnion('style', [CsvSignedAmount, CsvFlaggedAmount, CsvPairAmount]),
    /** Taken off the amount, where the bank prints its fee apart. */
    feeColumn: Column.nullable().default(null),
    /** Joined with a blank into the description. */
    descriptionColumns: z.array(Column).max(8).default([]),
    payeeColumn: Column.nullable().default(null),
    externalIdColumn: Column.nullable().default(null),
    accountColumn: Column.nullable().default(null),
    currencyColumn: Column.nullable().default(null),
    /** For files that name one currency in a heading or by its sign. */
    currency: Currency.nullable().default(null),
    statusColumn: Column.nullable().default(null),
    balanceColumn: Column.nullable().default(null),
  })
  .meta({ id: 'CsvMapping', description: 'How the columns of a CSV statement are read' })
export type CsvMapping = z.infer<typeof CsvMapping>
