// What tables and indexes take beyond what their rows need, estimated from the planner's statistics: a tenth more or less.
import type pg from 'pg'
import { OUR_SCHEMAS } from './maintenance.ts'

export interface Bloat {
  name: string
  sizeBytes: number
  /** Of it, what a rewrite would give back. */
  wastedBytes: number
}

/** What is not worth a rewrite is not told: an index that is written in any order is a third empty by itself. */
const LEAST_WASTED_BYTES = 1_000_000
const LEAST_SHARE = 0.5

/**
 * A row takes 28 bytes beside its values, an entry of an index 16; pages hold 8,168 bytes of them, an index's 90 % of
 * that. Widths are those that ANALYZE saw; where it has not been, nothing is said.
 */
const NEEDED = `
with widths as (
  select s.schemaname, s.tablename, s.attname, s.avg_width * (1 - s.null_frac) as width
  from pg_stats s where s.schemaname in ${OUR_SCHEMAS}
),
tables as (
  select c.oid, c.oid::regclass::text as name, pg_relation_size(c.oid)::float8 as size,
    c.reltuples * (28 + (select sum(w.width) from widths w
      where w.schemaname = n.nspname and w.tablename = c.relname)) / 8168 * 8192 as needed
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ${OUR_SCHEMAS} and c.relkind = 'r' and c.reltuples >= 0
),
indexes as (
  select i.indexrelid, i.indexrelid::regclass::text as name, pg_relation_size(i.indexrelid)::float8 as size,
    c.reltuples * (16 + (select sum(coalesce(w.width, 16)) from unnest(i.indkey::smallint[]) k
      left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k
      left join widths w on w.schemaname = n.nspname and w.tablename = t.relname and w.attname = a.attname))
      / (8168 * 0.9) * 8192 as needed
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
    join pg_namespace n on n.oid = t.relnamespace join pg_am m on m.oid = c.relam
  where n.nspname in ${OUR_SCHEMAS} and t.relkind = 'r' and m.amname = 'btree' and c.reltuples >= 0
)
select name, size as "sizeBytes", size - needed as "wastedBytes"
from (select name, size, needed from tables union all select name, size, needed from indexes) each
where needed is not null and size - needed > $1 and size - needed > $2 * size
order by size - needed desc limit 10`

/** The ten that waste most, tables and indexes. */
export async function listBloat(client: pg.Client): Promise<Bloat[]> {
  return (await client.query<Bloat>(NEEDED, [LEAST_WASTED_BYTES, LEAST_SHARE])).rows
}

/** @returns lines of the report */
export async function bloatLines(client: pg.Client): Promise<string[]> {
  const bloat = await listBloat(client)
  if (bloat.length === 0) return ['Nothing wastes more than 1 MB and half of its size.']
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
  return [
    'Bloat, estimated (a table: VACUUM FULL in a quiet hour; an index: REINDEX INDEX CONCURRENTLY):',
    ...bloat.map(
      ({ name, sizeBytes, wastedBytes }) =>
        `  ${name} ${megabytes(wastedBytes)} of ${megabytes(sizeBytes)} MB`,
    ),
  ]
}
