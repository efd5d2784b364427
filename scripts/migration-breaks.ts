// Which statement of a migration breaks the version before, as it runs on the new schema. By text: what it cannot know
// (whether somebody writes twice what shall be unique) it refuses, and whoever knows better says so above the statement.
import {
  addedColumn,
  alteration,
  emptySchema,
  functionOf,
  learnAction,
  signature,
} from './migration-schema.ts'
import type { MadeColumn, Schema } from './migration-schema.ts'
import { inParentheses, listItems, literalsOf, skeletonOf, UNREADABLE, withoutBodies } from './sql-text.ts'

const KINDS =
  'table|(?:materialized\\s+)?view|index|schema|function|procedure|routine|aggregate|sequence|type|domain|extension|rule|role|owned|cast|operator'
const DROPPED = new RegExp(
  `\\bdrop\\s+(${KINDS})\\s+(?:concurrently\\s+)?(?:if\\s+exists\\s+)?([^;]*?)\\s*(?:cascade|restrict)?\\s*;?\\s*$`,
  'i',
)
const RENAMED = /\balter\s+[\s\S]*?\s(?:rename\b|set\s+schema\b)/i
const OF_TABLE =
  /\b(create\s+(?:or\s+replace\s+)?|drop\s+|alter\s+)(?:constraint\s+)?(policy|trigger)\s+(?:if\s+exists\s+)?[\w"]+[\s\S]*?\bon\s+([\w."]+)/i
const CALLED = /\bexecute\s+(?:function|procedure)\s+([\w."]+)\s*\(/i
const REVOKED =
  /\brevoke\b[\s\S]*?\bon\s+(?:table\s+|function\s+|procedure\s+|sequence\s+|schema\s+)?([\s\S]*?)\s+from\b/i
const UNIQUE_INDEX =
  /\bcreate\s+unique\s+index\s+[\s\S]*?\bon\s+(?:only\s+)?([\w."]+)\s*(?:using\s+\w+\s*)?\(/i
const RAISED = /\braise\s+(?!notice\b|warning\b|info\b|log\b|debug\b)[^;]*/gi
/** Words of an expression that are no columns. */
const NO_COLUMN =
  /^(?:and|or|not|is|null|in|any|all|between|like|ilike|similar|to|true|false|case|when|then|else|end|distinct|from|array|collate)$/

const OWNER = 'changes the owner, as whom functions of the last release run'
const UNFILLED = 'demands a value of a new column, which the last release does not give, and no default does'

const NOT_ACTIONS: readonly [RegExp, string][] = [
  [/^drop\s+(?:column\s+)?(?!constraint\b)[\w"]/i, 'drops a column'],
  [
    /^alter\s+(?:column\s+)?[\w"]+\s+set\s+not\s+null\b/i,
    'demands a value that the last release may not write',
  ],
  [/^alter\s+(?:column\s+)?[\w"]+\s+(?:set\s+data\s+)?type\b/i, 'changes a type under the last release'],
  [
    /^alter\s+(?:column\s+)?[\w"]+\s+drop\s+(?:default|identity|expression)\b/i,
    'takes a value away that the last release leaves to the database',
  ],
  [
    /^alter\s+(?:column\s+)?[\w"]+\s+(?:add\s+generated|set\s+generated\s+always|set\s+expression)\b/i,
    'makes a value that the last release may write itself',
  ],
  [/^(?:disable|enable\s+replica)\s+(?:trigger|rule)\b/i, 'stops a trigger that the last release relies on'],
  [/^enable\s+row\s+level\s+security\b/i, 'hides rows from the last release'],
  [/^disable\s+row\s+level\s+security\b/i, 'shows the last release rows that it leaves to policies to hide'],
  [/^owner\s+to\b/i, OWNER],
  [/^(?:detach\s+partition|no\s+inherit)\b/i, 'takes rows away that the last release may read'],
]
const NEW_REFUSAL = 'refuses what the last release may write'

/** What the version before would miss or be refused; undefined where nothing. */
export function breakOf(sql: string, schema: Schema): string | undefined {
  const outside = withoutBodies(sql)
  const altered = alteration(outside)
  if (altered) {
    if (schema.made.has(altered.table)) return undefined
    if (RENAMED.test(outside)) return 'renames what the last release calls by its name'
    // Columns are added before anything else is done to them, wherever that stands.
    const known: Schema = {
      ...schema,
      madeColumns: new Map(schema.madeColumns),
      unforced: new Set(schema.unforced),
    }
    for (const action of altered.actions)
      if (addedColumn(action) !== undefined) learnAction(known, altered.table, action)
    return first(altered.actions, (action) => {
      const found = actionBreak(altered.table, action, known)
      learnAction(known, altered.table, action)
      return found
    })
  }
  if (UNREADABLE.test(outside)) return 'executes what cannot be read here, so write it out'
  return (
    dropBreak(outside, schema) ??
    rowsBreak(outside, schema) ??
    objectBreak(outside, schema) ??
    tableBreak(outside, schema) ??
    revokeBreak(outside, schema) ??
    functionBreak(sql, schema) ??
    indexBreak(outside, schema) ??
    (RENAMED.test(outside) &&
    !isMade(/\balter\s+\w+\s+(?:if\s+exists\s+)?([\w."]+)/i.exec(outside)?.[1], schema)
      ? 'renames what the last release calls by its name'
      : undefined)
  )
}

function first<T>(all: readonly T[], find: (each: T) => string | undefined): string | undefined {
  for (const each of all) {
    const found = find(each)
    if (found !== undefined) return found
  }
  return undefined
}

const isMade = (name: string | undefined, { made }: Schema): boolean => made.has((name ?? '').toLowerCase())

/** A function by its name and types, or by its name where a statement names no types. */
function isMadeFunction(text: string, { madeFunctions }: Schema): boolean {
  const [, name = '', , types] = /^\s*([\w."]+)\s*(\(([\s\S]*)\))?/.exec(text) ?? []
  if (types !== undefined) return madeFunctions.has(signature(name.toLowerCase(), listItems(types)))
  return [...madeFunctions].some((each) => each.startsWith(`${name.toLowerCase()}(`))
}

function actionBreak(table: string, action: string, schema: Schema): string | undefined {
  const [, column] = /^(?:alter|drop)\s+(?:column\s+)?(?:if\s+exists\s+)?([\w"]+)/i.exec(action) ?? []
  const made = schema.madeColumns.get(`${table}.${column?.toLowerCase()}`)
  if (made !== undefined) return madeColumnBreak(action, made)
  if (/^force\s/i.test(action))
    return schema.unforced.has(table)
      ? undefined
      : 'hides rows from the owner, as whom functions of the last release run'
  const dropped = /^drop\s+constraint\s+(?:if\s+exists\s+)?([\w"]+)/i.exec(action)?.[1]?.toLowerCase()
  if (dropped !== undefined)
    return schema.checks.has(dropped) || /_(?:check|not_null)$/.test(dropped)
      ? undefined
      : 'drops a key, which may be what the last release says ON CONFLICT by, or deletes along'
  for (const [pattern, problem] of NOT_ACTIONS) if (pattern.test(action)) return problem
  const name = addedColumn(action)
  if (name !== undefined)
    return isUnfilled(schema.madeColumns.get(`${table}.${name}`))
      ? 'adds a column that must have a value, which the last release does not give'
      : undefined
  const added =
    /^add\s+(?:constraint\s+([\w"]+)\s+)?(check|unique|primary\s+key|foreign\s+key|exclude)\b/i.exec(action)
  if (!added) return undefined
  const inside = inParentheses(action, action.indexOf('('))
  const kind = (added[2] ?? '').toLowerCase()
  // An index was looked at as it was made.
  if (/^unique$/.test(kind) && /\busing\s+index\b/i.test(action)) return undefined
  if (kind === 'check') {
    const before = schema.checks.get((added[1] ?? '').toLowerCase())
    if (before !== undefined && isWider(before, inside)) return undefined
    return isOfNewColumns(table, columnsOf(inside), schema, 'every') ? undefined : NEW_REFUSAL
  }
  // Rows of the last release leave new columns empty, and what is empty is neither the same nor referred to.
  const isEmpty =
    !kind.startsWith('primary') &&
    !/\bnulls\s+not\s+distinct\b/i.test(action) &&
    isOfNewColumns(table, columnsOf(inside), schema, 'some')
  return isEmpty ? undefined : NEW_REFUSAL
}

const isUnfilled = (column: MadeColumn | undefined): boolean =>
  column !== undefined && column.isDemanded && !column.isFilled

/** What is done to a new column may be anything but what leaves it to be given by who does not know it. */
function madeColumnBreak(action: string, before: MadeColumn): string | undefined {
  const after = emptySchema()
  const [, name = ''] = /^(?:alter|drop)\s+(?:column\s+)?(?:if\s+exists\s+)?([\w"]+)/i.exec(action) ?? []
  after.madeColumns.set(`.${name.toLowerCase()}`, before)
  learnAction(after, '', action)
  return isUnfilled(after.madeColumns.get(`.${name.toLowerCase()}`)) ? UNFILLED : undefined
}

/** A check that differs by more values alone. */
const isWider = (before: string, after: string): boolean => {
  const skeleton = skeletonOf(after)
  const now = new Set(literalsOf(after))
  return (
    skeleton === skeletonOf(before) &&
    !/not(?:in|like|ilike)|<>|!/.test(skeleton) &&
    literalsOf(before).every((each) => now.has(each))
  )
}

function columnsOf(expression: string): string[] {
  const words = expression
    .replaceAll(/'(?:''|[^'])*'/g, ' ')
    .replaceAll(/::\s*[\w.]+/g, ' ')
    .toLowerCase()
    .matchAll(/[a-z_]\w*(?!\w|\s*\()/g)
  return [...words].map(([word]) => word).filter((word) => !NO_COLUMN.test(word))
}

const isOfNewColumns = (
  table: string,
  columns: readonly string[],
  { madeColumns }: Schema,
  how: 'every' | 'some',
): boolean => columns.length > 0 && columns[how]((column) => madeColumns.has(`${table}.${column}`))

function dropBreak(sql: string, schema: Schema): string | undefined {
  const [, kind = '', names = ''] = DROPPED.exec(sql) ?? []
  if (kind === '') return undefined
  const isNew = /^(?:function|procedure|routine)$/i.test(kind) ? isMadeFunction : isMade
  if (listItems(names).every((name) => isNew(name, schema))) return undefined
  if (/^index$/i.test(kind)) return 'drops an index, which may be what the last release says ON CONFLICT by'
  return 'drops what the last release may use'
}

/** Rows that a migration takes away itself, or lets no longer be written. */
function rowsBreak(sql: string, schema: Schema): string | undefined {
  const problem = 'deletes rows that the last release may read'
  const truncated =
    /^\s*truncate\s+(?:table\s+)?([\s\S]*?)\s*(?:(?:restart|continue)\s+identity\s*)?(?:cascade|restrict)?\s*;?\s*$/i.exec(
      sql,
    )?.[1]
  if (truncated !== undefined)
    return listItems(truncated).every((each) => isMade(each.replace(/^only\s+|[\s*]+$/gi, ''), schema))
      ? undefined
      : problem
  const ruled = /^\s*create\s+(?:or\s+replace\s+)?rule\s[\s\S]*?\sto\s+([\w."]+)/i.exec(sql)?.[1]
  if (ruled !== undefined)
    return isMade(ruled, schema) ? undefined : 'makes something else of what the last release says'
  // What stands in functions is done when they are called.
  if (/^\s*create\s/i.test(sql)) return undefined
  const deleted = sql
    .replaceAll(/'(?:''|[^'])*'/g, "''")
    .matchAll(/\bdelete\s+from\s+(?:only\s+)?([\w."]+)/gi)
  return [...deleted].every(([, table]) => isMade(table, schema)) ? undefined : problem
}

/** What is altered and is no table. */
function objectBreak(sql: string, schema: Schema): string | undefined {
  const [, kind = '', name = '', change = ''] =
    /^\s*alter\s+((?:materialized\s+)?\w+)\s+([\w."]+(?:\s*\([^)]*\))?)\s+([\s\S]*)/i.exec(sql) ?? []
  if (kind === '' || isMade(name, schema)) return undefined
  if (/\bowner\s+to\b/i.test(change))
    return /^(?:function|procedure|routine)$/i.test(kind) && isMadeFunction(name, schema) ? undefined : OWNER
  if (/^domain$/i.test(kind) && /^(?:add|set\s+not\s+null)\b/i.test(change)) return NEW_REFUSAL
  if (/^domain$/i.test(kind) && /^drop\s+default\b/i.test(change))
    return 'takes a value away that the last release leaves to the database'
  if (/^type$/i.test(kind) && /\b(?:drop|alter)\s+attribute\b/i.test(change))
    return 'changes a type under the last release'
  return /^(?:role|user|database|system)$/i.test(kind) && /\b(?:set|reset)\s/i.test(change)
    ? 'changes settings that the last release runs with'
    : undefined
}

/** Policies and triggers of a table. */
function tableBreak(sql: string, schema: Schema): string | undefined {
  const [, verb = '', kind = '', table = ''] = OF_TABLE.exec(sql) ?? []
  if (kind === '' || isMade(table, schema)) return undefined
  if (/^create\s+$/i.test(verb)) {
    if (/\bas\s+restrictive\b/i.test(sql)) return 'hides rows from the last release'
    const called = CALLED.exec(sql)?.[1]?.toLowerCase() ?? ''
    return (schema.functions.get(`${called}()`)?.body.match(RAISED) ?? []).length > 0
      ? NEW_REFUSAL
      : undefined
  }
  return /policy/i.test(kind)
    ? 'changes a policy, which may hide rows from the last release'
    : 'changes a trigger that the last release relies on'
}

function revokeBreak(sql: string, schema: Schema): string | undefined {
  const problem = 'takes a right away that the last release may need'
  if (/\balter\s+role\b[\s\S]*\b(?:nologin|nobypassrls|connection\s+limit|valid\s+until)\b/i.test(sql))
    return problem
  if (!/^\s*(?:revoke|alter\s+default\s+privileges\b[\s\S]*\brevoke)\b/i.test(sql)) return undefined
  const names = listItems(REVOKED.exec(sql)?.[1] ?? '')
  const isNew = names.every((name) => isMade(name, schema) || isMadeFunction(name, schema))
  return names.length > 0 && isNew ? undefined : problem
}

function functionBreak(sql: string, schema: Schema): string | undefined {
  const next = functionOf(sql)
  if (!next) return undefined
  const before = schema.functions.get(next.signature)
  if (before) {
    if (schema.madeFunctions.has(next.signature)) return undefined
    const raised = (text: string): string[] =>
      (text.match(RAISED) ?? []).map((each) => each.replaceAll(/\s+/g, ' ').trim().toLowerCase())
    const known = new Set(raised(before.body))
    return raised(next.body).every((each) => known.has(each)) ? undefined : NEW_REFUSAL
  }
  const isAmbiguous = [...schema.functions.values()].some(
    ({ name, takes, signature: known }) =>
      name === next.name &&
      !schema.madeFunctions.has(known) &&
      takes < next.takes &&
      takes >= next.takes - next.optional,
  )
  return isAmbiguous ? 'makes it ambiguous which function the last release calls' : undefined
}

function indexBreak(sql: string, schema: Schema): string | undefined {
  const found = UNIQUE_INDEX.exec(sql)
  if (!found) return undefined
  const table = (found[1] ?? '').toLowerCase()
  if (schema.made.has(table)) return undefined
  const columns = columnsOf(inParentheses(sql, found.index + found[0].length - 1))
  // With a condition on a new column too: no row of the last release is in it.
  const where = columnsOf(/\bwhere\b([\s\S]*)/i.exec(sql)?.[1] ?? '')
  if (/\bnulls\s+not\s+distinct\b/i.test(sql)) return NEW_REFUSAL
  return isOfNewColumns(table, [...columns, ...where], schema, 'some') ? undefined : NEW_REFUSAL
}
