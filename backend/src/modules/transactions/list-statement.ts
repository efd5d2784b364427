/**
 * The SQL of the list of transactions: one text, and so one plan, for each combination of filters.
 *
 * Measured (50 rows, CPU of PostgreSQL and Node together):
 * - A page of transactions is chosen first, then joined with its lines, a row each, since mostly there is one. Lines
 *   as JSON cost 5 % more, a second and third statement in the same round trip about the same.
 * - The limit stands in the text: with a parameter PostgreSQL guesses a tenth of the table, never finds its general
 *   plan good enough, and plans every call anew, which cost as much as the rest of the statement.
 * - Tags are looked for where the workspace has any: the sub-select by row was a fifth of the statement.
 */
import type { Statement } from '../../platform/database.ts'

/** What a list may be narrowed by. Ids may be in upper case. */
export interface ListFilter {
  limit: number
  accountId?: string | undefined
  categoryId?: string | undefined
  uncategorized: boolean
  from?: string | undefined
  to?: string | undefined
  /** LIKE patterns that must all match. */
  patterns: readonly string[] | null
  after: { occurredOn: string; id: string } | null
}

/** A row per line of each transaction. `t` is the transaction; $1 the tenant. */
export const COLUMNS = `t.id, t.account_id, t.occurred_on::text as occurred_on, t.amount_minor,
  t.currency, t.description, p.name as payee, t.notes, t.source, t.transfer_id, t.created_at,
  t.updated_at, t.version, l.position, l.amount_minor as line_minor, l.category_id, l.memo,
  case when (select exists (select from app.transaction_tags any_tag where any_tag.tenant_id = $1::uuid)) then
    (select json_agg(g.name order by tt.position, g.name_key) from app.transaction_tags tt
      join app.tags g on g.tenant_id = $1::uuid and g.id = tt.tag_id
      where tt.tenant_id = $1::uuid and tt.transaction_id = t.id) end as tags`

export const JOINS = `join app.transaction_lines l on l.tenant_id = $1::uuid and l.transaction_id = t.id
  left join app.payees p on p.tenant_id = $1::uuid and p.id = t.payee_id`

type Part = 'account' | 'category' | 'uncategorized' | 'from' | 'to' | 'words' | 'after'

/** Of the limits that callers choose, the first so many combinations are prepared. */
const MAX_PREPARED = 400
const prepared = new Map<string, Statement>()

/** A page, newest first, and one transaction more where there are more. */
export function listStatement(tenantId: string, filter: ListFilter): Statement {
  const values: unknown[] = [tenantId]
  const parts: Part[] = []
  const add = (part: Part, ...bound: unknown[]): void => {
    parts.push(part)
    values.push(...bound)
  }
  if (filter.categoryId !== undefined) add('category', filter.categoryId)
  if (filter.uncategorized) add('uncategorized')
  if (filter.accountId !== undefined) add('account', filter.accountId)
  if (filter.from !== undefined) add('from', filter.from)
  if (filter.to !== undefined) add('to', filter.to)
  if (filter.patterns !== null) add('words', filter.patterns)
  if (filter.after !== null) add('after', filter.after.occurredOn, filter.after.id)
  const key = `${filter.limit} ${parts.join(' ')}`
  const known = prepared.get(key)
  if (known !== undefined) return { ...known, values }
  const statement: Statement = { text: textOf(parts, filter.limit + 1) }
  if (prepared.size < MAX_PREPARED) {
    statement.name = `transactions.list.${prepared.size}`
    prepared.set(key, statement)
  }
  return { ...statement, values }
}

function textOf(parts: readonly Part[], count: number): string {
  const places = new Map<Part, string[]>()
  let next = 2
  for (const part of parts) {
    const bound = part === 'uncategorized' ? 0 : part === 'after' ? 2 : 1
    places.set(
      part,
      Array.from({ length: bound }, () => `$${next++}`),
    )
  }
  const byLines = places.has('category') || places.has('uncategorized')
  return `${byLines ? pageByLines(places, count) : page(places, count)}
select ${COLUMNS} from page t ${JOINS}
order by t.occurred_on desc, t.id desc, l.position`
}

type Places = ReadonlyMap<Part, string[]>

/** Conditions that a transaction and its lines share; `row` is either, `id` the transaction's id in it. */
function conditions(places: Places, row: string, id: string): string {
  const [account] = places.get('account') ?? []
  const [from] = places.get('from') ?? []
  const [to] = places.get('to') ?? []
  const [day, after] = places.get('after') ?? []
  return [
    account && ` and ${row}.account_id = ${account}::uuid`,
    from && ` and ${row}.occurred_on >= ${from}::date`,
    to && ` and ${row}.occurred_on <= ${to}::date`,
    day && ` and (${row}.occurred_on, ${row}.${id}) < (${day}::date, ${after}::uuid)`,
  ]
    .filter((condition) => condition)
    .join('')
}

/**
 * All words are in the text. As a CASE, of which the planner supposes half the rows to fit: of LIKE it supposes next
 * to none, and then reads and sorts all of a workspace instead of looking from the newest on until a page is full.
 */
function wordCondition(places: Places, row: string): string {
  const [words] = places.get('words') ?? []
  return words === undefined
    ? ''
    : ` and case when ${row}.search_text like all (${words}::text[]) then true else false end`
}

function page(places: Places, count: number): string {
  return `with page as (
  select t.* from app.transactions t
  where t.tenant_id = $1::uuid and t.deleted_at is null${conditions(places, 't', 'id')}${wordCondition(places, 't')}
  order by t.occurred_on desc, t.id desc limit ${count}
)`
}

/**
 * Chosen through the index of lines by category, newest first, so that a rare category is found as fast as a common
 * one: no more than a page's worth is read of each category of the tree.
 */
function pageByLines(places: Places, count: number): string {
  const [category] = places.get('category') ?? []
  const words = wordCondition(places, 'w')
  const worded = words
    ? ` join app.transactions w on w.tenant_id = $1::uuid and w.id = l.transaction_id${words}`
    : ''
  const lines = (which: string): string => `select distinct l.category_id, l.occurred_on, l.transaction_id
      from app.transaction_lines l${worded}
      where l.tenant_id = $1::uuid and ${which} and not l.is_void${conditions(places, 'l', 'transaction_id')}
      order by l.category_id, l.occurred_on desc, l.transaction_id desc limit ${count}`
  const also = places.has('uncategorized')
    ? ` and exists (select from app.transaction_lines u where u.tenant_id = $1::uuid
        and u.transaction_id = l.transaction_id and u.category_id is null and not u.is_transfer)`
    : ''
  // A transfer needs no category, and so is not one that lacks it.
  const found = category
    ? `select found.* from tree cross join lateral (${lines(`l.category_id = tree.id${also}`)}) found`
    : lines('l.category_id is null and not l.is_transfer')
  const tree = `tree (id) as (
  select c.id from app.categories c where c.tenant_id = $1::uuid and c.id = ${category}::uuid
  union
  select c.id from tree join app.categories c on c.tenant_id = $1::uuid and c.parent_id = tree.id
), `
  return `with recursive ${category ? tree : ''}chosen as (
  select distinct f.occurred_on, f.transaction_id from (${found}) f
  order by f.occurred_on desc, f.transaction_id desc limit ${count}
), page as (
  select t.* from chosen join app.transactions t on t.tenant_id = $1::uuid and t.id = chosen.transaction_id
)`
}
