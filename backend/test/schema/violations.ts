import type pg from 'pg'
import { CONTROL_PLANE_TABLES } from '../../src/platform/control-plane-tables.ts'
import { ACCESS_RULES } from './access-rules.ts'
import { RELATIONS, TABLE_RULES } from './table-rules.ts'

const LISTED = CONTROL_PLANE_TABLES.map(({ table }) => table)

/** Goes over the whole catalogue. @returns what breaks a rule, as `object: problem` */
export async function findViolations(client: pg.Client): Promise<string[]> {
  const found: string[] = []
  for (const { problem, sql } of [...TABLE_RULES, ...ACCESS_RULES]) {
    const { rows } = await client.query<{ object: string }>({
      text: `with ${RELATIONS}, listed as (select $1::text[]) select object from (${sql}) broken order by 1`,
      values: [LISTED],
    })
    found.push(...rows.map(({ object }) => `${object}: ${problem}`))
  }
  return found
}
