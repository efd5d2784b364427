/**
 * The SQL of the list of transactions: one text, and so one plan, for each combination of filters.
 *
 * A page of transactions is chosen first, then each is joined with its lines, which come as a row each: mostly there
 * is one. Against lines aggregated to JSON by PostgreSQL, and against a second statement for them, this took the
 * least CPU of PostgreSQL and Node together.
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
export const COLUMNS = `t.id::text as id, t.account_id::text as account_id, t.occurred_on::text as occurred_on, t.amount_minor,
  t.currency, t.description, p.name as payee, t.notes, t.source, t.transfer_id::text as transfer_id, t.created_at,
  t.updated_at, t.version, l.position, l.amount_minor as line_minor, l.category_id::text as category_id, l.memo,
  (select json_agg(g.name order by tt.position, g.name_key) from app.transaction_tags tt
    join app.tags g on g.tenant_id = $1::uuid and g.id = tt.tag_id
    where tt.tenant_id = $1::uuid and tt.transaction_id = t.id) as tags`

export const JOINS = `join app.transaction_lines l on l.tenant_id = $1::uuid and l.transaction_id = t.id
  left join app.payees p on p.tenant_id = $1::uuid and p.id = t.payee_id`

type Part = 'account' | 'category' | 'uncategorized' | 'from' | 'to' | 'words' | 'after'

interface Prepared {
  name: string
  text: string
}

const prepared = new Map<string, Prepared>()

/** A page, newest first, and one transaction more where there are more. */
export function listStatement(tenantId: string, filter: ListFilter): Statement {
  const values: unknown[] = [tenantId, filter.limit + 1]
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
  const key = parts.join(' ')
  let statement = prepared.get(key)
  if (statement === undefined) {
    statement = { name: `transactions.list ${key}`, text: textOf(parts) }
    prepared.set(key, statement)
  }
  return { ...statement, values }
}

function textOf(parts: readonly Part[]): string {
  const places = new Map<Part, string[]>()
  let next = 3
  for (const part of parts) {
    const count = part === 'uncategorized' ? 0 : part === 'after' ? 2 : 1
    places.set(
      part,
      Array.from({ length: count }, () => `$${next++}`),
    )
  }
  const byLines = places.has('category') || places.has('uncategorized')
  return `${byLines ? pageByLines(places) : page(places)}
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

function page(places: Places): string {
  const [words] = places.get('words') ?? []
  return `with page as (
  select t.* from app.transactions t
  where t.tenant_id = $1::uuid and t.deleted_at is null${conditions(places, 't', 'id')}
    ${words ? `and t.search_text like all (${words}::text[])` : ''}
  order by t.occurred_on desc, t.id desc limit $2::int
)`
}

/**
 * Chosen through the index of lines by category, newest first, so that a rare category is found as fast as a common
 * one: no more than a page's worth is read of each category of the tree.
 */
function pageByLines(places: Places): string {
  const [words] = places.get('words') ?? []
  const [category] = places.get('category') ?? []
  const word = words
    ? ` join app.transactions w on w.tenant_id = $1::uuid and w.id = l.transaction_id and w.search_text like all (${words}::text[])`
    : ''
  const lines = (which: string): string => `select distinct l.category_id, l.occurred_on, l.transaction_id
      from app.transaction_lines l${word}
      where l.tenant_id = $1::uuid and ${which} and not l.is_void${conditions(places, 'l', 'transaction_id')}
      order by l.category_id, l.occurred_on desc, l.transaction_id desc limit $2::int`
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
  order by f.occurred_on desc, f.transaction_id desc limit $2::int
), page as (
  select t.* from chosen join app.transactions t on t.tenant_id = $1::uuid and t.id = chosen.transaction_id
)`
}
