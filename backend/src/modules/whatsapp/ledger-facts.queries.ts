/** What an answer in the chat needs to know of the person's books. */
import type { AccountType } from '@chronos/contracts/accounts'
import type { TenantQueries } from '../../platform/tenancy.ts'

export interface KnownAccountRow {
  id: string
  name: string
  type: AccountType
  currency: string
  balance_minor: number
}

/** Accounts in the order in which a message without a hint would take them: last used by chat, then everyday money first. */
export function knownAccounts(tx: TenantQueries, userId: string): Promise<KnownAccountRow[]> {
  return tx.query<KnownAccountRow>(
    `select a.id::text, a.name, a.type, a.currency, a.opening_balance_minor + coalesce(t.net_minor, 0) as balance_minor
     from app.accounts a
     left join app.account_totals t on t.tenant_id = $1::uuid and t.account_id = a.id
     left join (
       select account_id, max(id::text) as last from app.transactions
       where tenant_id = $1::uuid and source = 'whatsapp' and created_by = $2::uuid and deleted_at is null
         and whatsapp_message_id is not null group by account_id
     ) used on used.account_id = a.id
     where a.tenant_id = $1::uuid
     order by used.last desc nulls last,
       case a.type when 'checking' then 0 when 'cash' then 1 when 'credit_card' then 2 when 'savings' then 3 else 4 end,
       a.created_at, a.id`,
    tx.tenantId,
    userId,
  )
}

export interface KnownCategoryRow {
  id: string
  name: string
  key: string | null
  kind: 'expense' | 'income'
}

export function knownCategories(tx: TenantQueries): Promise<KnownCategoryRow[]> {
  return tx.query<KnownCategoryRow>(
    'select id::text, name, key, kind from app.categories where tenant_id = $1::uuid order by name, id',
    tx.tenantId,
  )
}

export interface CategoryFlow {
  currency: string
  category_id: string | null
  name: string | null
  total_minor: number
}

/**
 * Money out (or in) between two days by currency and category, the largest first, transfers left out.
 * @param categoryId only this category and those under it; null for all
 */
export function flowByCategory(
  tx: TenantQueries,
  span: { from: string; to: string; flow: 'expense' | 'income'; categoryId: string | null },
): Promise<CategoryFlow[]> {
  return tx.query<CategoryFlow>(
    `with recursive wanted as (
       select id from app.categories where tenant_id = $1::uuid and id = $5::uuid
       union
       select c.id from app.categories c join wanted on c.parent_id = wanted.id where c.tenant_id = $1::uuid
     )
     select l.currency, l.category_id::text, c.name, sum(abs(l.amount_minor))::bigint as total_minor
     from app.transactions t
     join app.transaction_lines l on l.tenant_id = $1::uuid and l.transaction_id = t.id
     left join app.categories c on c.tenant_id = $1::uuid and c.id = l.category_id
     where t.tenant_id = $1::uuid and t.occurred_on between $2::text::date and $3::text::date and t.deleted_at is null
       and not l.is_void and not l.is_transfer
       and case when $4 = 'income' then l.amount_minor > 0 else l.amount_minor < 0 end
       and ($5::uuid is null or l.category_id in (select id from wanted))
     group by 1, 2, 3 order by 4 desc, 3`,
    tx.tenantId,
    span.from,
    span.to,
    span.flow,
    span.categoryId,
  )
}

export interface BookedRow {
  id: string
  description: string
  amount_minor: number
  currency: string
}

/** What the newest message of a chat that booked something booked, unless it was deleted since. */
export function lastBooked(
  tx: TenantQueries,
  chatId: string,
  messageId: string | null,
): Promise<BookedRow[]> {
  return tx.query<BookedRow>(
    `select t.id::text, t.description, t.amount_minor, t.currency from app.transactions t
     where t.tenant_id = $1::uuid and t.deleted_at is null and t.whatsapp_message_id = (
       select m.id from app.whatsapp_messages m
       where m.tenant_id = $1::uuid and m.chat_id = $2::uuid and m.direction = 'inbound' and ($3::uuid is null or m.id = $3::uuid)
         and exists (select 1 from app.transactions b where b.tenant_id = $1::uuid and b.whatsapp_message_id = m.id and b.deleted_at is null)
       order by m.id desc limit 1)
     order by t.id`,
    tx.tenantId,
    chatId,
    messageId,
  )
}
