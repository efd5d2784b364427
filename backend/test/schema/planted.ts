/** Every breach that is planted. */
import { PLANTED_ACCESS } from './planted-access.ts'
import { PLANTED_TABLES, type Planted } from './planted-tables.ts'

export const PLANTED: Readonly<Record<string, Planted>> = { ...PLANTED_TABLES, ...PLANTED_ACCESS }
