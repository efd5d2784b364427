import { z } from 'zod'

/** How the columns of a CSV statement are read. */
export const CsvMapping = z.strictObject({}).meta({ id: 'CsvMapping' })
export type CsvMapping = z.infer<typeof CsvMapping>
