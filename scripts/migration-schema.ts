// What the texts of migrations tell of the schema: what no release knows yet, and what functions and checks said last.
import { inParentheses, listItems, withoutBodies } from './sql-text.ts'

export interface Schema {
  /** Tables, indexes, views, types, sequences, schemas and roles that no release knows. */
  made: Set<string>
  /** Functions that no release knows, with the types of what they take: `app.first_id(timestamptz)`. */
  madeFunctions: Set<string>
  /** Columns that no release knows: `app.tags.colour`. */
  madeColumns: Map<string, MadeColumn>
  /** Tables whose row level security does not bind their owner for now, as while a migration fills a column. */
  unforced: Set<string>
  /** The last definition of each function, the last expression of each check. */
  functions: Map<string, MigrationFunction>
  checks: Map<string, string>
}

/** A column of which the last release says nothing when it writes a row. */
export interface MadeColumn {
  /** The database gives it a value. */
  isFilled: boolean
  isDemanded: boolean
}

export interface MigrationFunction {
  /** With the types of what it takes. */
  signature: string
  name: string
  takes: number
  /** How many of these may be left out. */
  optional: number
  body: string
}

export const emptySchema = (): Schema => ({
  made: new Set(),
  madeFunctions: new Set(),
  madeColumns: new Map(),
  unforced: new Set(),
  functions: new Map(),
  checks: new Map(),
})

const CREATED =
  /\bcreate\s+(?:(?:unlogged|temp|temporary)\s+)?(?:table|(?:materialized\s+)?view|type|domain|sequence|schema|role)\s+(?:if\s+not\s+exists\s+)?([\w."]+)/gi
const INDEXED =
  /\bcreate\s+(?:unique\s+)?index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?([\w"]+)\s+on\s+(?:only\s+)?([\w"]+)?/gi
const RENAMED = /\balter\s+(?:table|index)\s+(?:if\s+exists\s+|only\s+)*([\w."]+)\s+rename\s+to\s+([\w"]+)/i
const FUNCTION = /\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure)\s+([\w."]+)\s*\(/i
const CHECK = /\bconstraint\s+([\w"]+)\s+check\s*\(/gi
const KEY = /\bconstraint\s+([\w"]+)\s+(?:primary\s+key|unique)\b/gi
const ALTERED = /\balter\s+table\s+(?:if\s+exists\s+|only\s+)*([\w."]+)\s+([\s\S]*)/i
const ADDED =
  /^add\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?(?!constraint\b|check\b|unique\b|primary\b|foreign\b|exclude\b)([\w"]+)/i

/** The table that a statement alters, and what is done to it. */
export function alteration(sql: string): { table: string; actions: string[] } | undefined {
  const [, table = '', actions = ''] = ALTERED.exec(sql) ?? []
  return table === '' ? undefined : { table: table.toLowerCase(), actions: listItems(actions) }
}

/** The name of the column that an action adds. */
export const addedColumn = (action: string): string | undefined => ADDED.exec(action)?.[1]?.toLowerCase()

/** The function that a statement makes or replaces. */
export function functionOf(sql: string): MigrationFunction | undefined {
  const found = FUNCTION.exec(sql)
  if (!found) return undefined
  const name = (found[1] ?? '').toLowerCase()
  const taken = listItems(inParentheses(sql, found.index + found[0].length - 1)).filter(
    (each) => !/^(out|table)\s/i.test(each),
  )
  const types = taken.map((each) => {
    const words = each
      .replace(/\s+default\s[\s\S]*|\s*:?=[\s\S]*/i, '')
      .replace(/^(in|inout|variadic)\s+/i, '')
    return words.split(/\s+/).length > 1 ? words.replace(/^\S+\s+/, '') : words
  })
  return {
    signature: signature(name, types),
    name,
    takes: taken.length,
    optional: taken.filter((each) => /\sdefault\s|=/i.test(each)).length,
    body: sql,
  }
}

export const signature = (name: string, types: readonly string[]): string =>
  `${name}(${types.map((type) => type.trim().toLowerCase()).join(',')})`

/**
 * Takes in one statement. What a release has is not new; one that is taken away and given again was not new before.
 * @param isReleased whether a release has the migration that it stands in
 */
export function learn(schema: Schema, sql: string, isReleased = false): void {
  const made = functionOf(sql)
  if (made) {
    const isKnown = schema.functions.has(made.signature) && !schema.madeFunctions.has(made.signature)
    if (!isReleased && !isKnown) schema.madeFunctions.add(made.signature)
    schema.functions.set(made.signature, made)
  }
  const outside = withoutBodies(sql)
  for (const found of outside.matchAll(CHECK))
    schema.checks.set(
      (found[1] ?? '').toLowerCase(),
      inParentheses(outside, found.index + found[0].length - 1),
    )
  if (isReleased) return
  for (const [, table = ''] of outside.matchAll(CREATED)) {
    schema.made.add(table.toLowerCase())
    // Its keys are indexes beside it.
    for (const [, key = ''] of outside.matchAll(KEY))
      schema.made.add(table.replace(/[^.]*$/, key).toLowerCase())
  }
  // An index lies in the schema of its table, which its creation names there alone.
  for (const [, index = '', place = ''] of outside.matchAll(INDEXED))
    schema.made.add(`${place}.${index}`.toLowerCase())
  const { table = '', actions = [] } = alteration(outside) ?? {}
  for (const action of actions) learnAction(schema, table, action)
  const [, name = '', renamed = ''] = RENAMED.exec(outside) ?? []
  if (schema.made.delete(name.toLowerCase()))
    schema.made.add(`${name.replace(/[^.]*$/, '')}${renamed}`.toLowerCase())
}

const FILLED = /\bdefault\s+(?!\(*\s*null\b)|\bgenerated\b/i

/** What one action says of the columns that no release knows, and of whom the table's policies bind. */
export function learnAction(schema: Schema, table: string, action: string): void {
  if (/^no\s+force\s/i.test(action)) schema.unforced.add(table)
  if (/^force\s/i.test(action)) schema.unforced.delete(table)
  const added = addedColumn(action)
  if (added !== undefined)
    schema.madeColumns.set(`${table}.${added}`, {
      isFilled: FILLED.test(action),
      isDemanded: /\bnot\s+null\b|\bprimary\s+key\b/i.test(action),
    })
  const [, name = '', change = ''] = /^alter\s+(?:column\s+)?([\w"]+)\s+([\s\S]*)/i.exec(action) ?? []
  const column = schema.madeColumns.get(`${table}.${name.toLowerCase()}`)
  if (column === undefined) return
  const isFilled =
    FILLED.test(change) ||
    (column.isFilled && !/^(?:drop|set)\s+(?:default|identity|expression)\b/i.test(change))
  const isDemanded =
    /^set\s+not\s+null\b/i.test(change) || (column.isDemanded && !/^drop\s+not\s+null\b/i.test(change))
  schema.madeColumns.set(`${table}.${name.toLowerCase()}`, { isFilled, isDemanded })
}
