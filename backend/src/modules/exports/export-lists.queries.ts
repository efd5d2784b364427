/**
 * What goes into an export of a workspace, list by list. The policies of the database leave out what is kept from the
 * member who asks, so no list can forget to. `$1` is the tenant, `$2` the key of the last row of the page before, and
 * `$3`, where a list is the member's own, the member.
 */
import type { Row } from '../../platform/archive.ts'
import type { Tenant } from '../../platform/tenancy.ts'

export interface ExportList {
  name: string
  text: string
  /** The column that pages go by. */
  key: string
  /** Chats are a person's own: nobody takes away another's, whatever their role. */
  own?: true
}

const PAGE = 1000
/** Whom nothing is kept from gets what no entry names, too. */
const ALL_SEEN = "coalesce(current_setting('app.hidden_accounts', true), '') = ''"

export const EXPORT_LISTS: readonly ExportList[] = [
  {
    name: 'workspace',
    key: 'id',
    text: `select t.tenant_id::text as id, t.name, t.currency, t.locale, t.timezone, t.require_second_factor, t.idle_minutes,
        t.created_at, r.whatsapp_messages_days, r.audit_logs_days, r.import_files_days, r.deleted_transactions_days
      from app.tenants t left join app.retention_settings r on r.tenant_id = $1::uuid
      where t.tenant_id = $1::uuid and t.tenant_id > $2::uuid`,
  },
  {
    name: 'members',
    key: 'id',
    text: `select id::text, name, case when status = 'active' then email end as email, role, locale, status, created_at
      from app.users where tenant_id = $1::uuid and id > $2::uuid order by id limit ${PAGE}`,
  },
  {
    name: 'accounts',
    key: 'id',
    text: `select a.id::text, a.name, a.type, a.currency, a.number, a.opening_balance_minor,
        a.opening_balance_minor + coalesce(s.net_minor, 0) as balance_minor, a.created_at
      from app.accounts a left join app.account_totals s on s.tenant_id = $1::uuid and s.account_id = a.id
      where a.tenant_id = $1::uuid and a.id > $2::uuid order by a.id limit ${PAGE}`,
  },
  {
    name: 'categories',
    key: 'id',
    text: `select id::text, parent_id::text, name, kind, icon, color, created_at
      from app.categories where tenant_id = $1::uuid and id > $2::uuid order by id limit ${PAGE}`,
  },
  {
    name: 'payees',
    key: 'id',
    text: `select p.id::text, p.name, p.created_at from app.payees p
      where p.tenant_id = $1::uuid and p.id > $2::uuid and (${ALL_SEEN}
        or exists (select from app.transactions t where t.tenant_id = $1::uuid and t.payee_id = p.id))
      order by p.id limit ${PAGE}`,
  },
  {
    name: 'tags',
    key: 'id',
    text: `select g.id::text, g.name, g.created_at from app.tags g
      where g.tenant_id = $1::uuid and g.id > $2::uuid and (${ALL_SEEN}
        or exists (select from app.transaction_tags x join app.transactions t on t.tenant_id = $1::uuid and t.id = x.transaction_id
          where x.tenant_id = $1::uuid and x.tag_id = g.id))
      order by g.id limit ${PAGE}`,
  },
  {
    name: 'transactions',
    key: 'id',
    text: `select t.id::text, t.account_id::text, a.name as account, t.occurred_on, t.amount_minor, t.currency, t.description,
        p.name as payee, t.notes, array(select g.name from app.transaction_tags x
          join app.tags g on g.tenant_id = $1::uuid and g.id = x.tag_id
          where x.tenant_id = $1::uuid and x.transaction_id = t.id order by g.name) as tags,
        t.source, t.transfer_id::text, t.import_id::text, t.created_by::text, t.created_at, t.updated_at, t.deleted_at
      from app.transactions t join app.accounts a on a.tenant_id = $1::uuid and a.id = t.account_id
      left join app.payees p on p.tenant_id = $1::uuid and p.id = t.payee_id
      where t.tenant_id = $1::uuid and t.id > $2::uuid order by t.id limit ${PAGE}`,
  },
  {
    name: 'transaction_lines',
    key: 'transaction_id',
    text: `select l.transaction_id::text, l.position, l.amount_minor, l.currency, l.category_id::text, c.name as category, l.memo
      from (select id from app.transactions where tenant_id = $1::uuid and id > $2::uuid order by id limit ${PAGE}) t
      join app.transaction_lines l on l.tenant_id = $1::uuid and l.transaction_id = t.id
      left join app.categories c on c.tenant_id = $1::uuid and c.id = l.category_id
      order by l.transaction_id, l.position`,
  },
  {
    name: 'budgets',
    key: 'id',
    text: `select b.id::text, b.category_id::text, c.name as category, b.amount_minor, b.currency, b.start_month, b.end_month,
        b.created_at
      from app.budgets b join app.categories c on c.tenant_id = $1::uuid and c.id = b.category_id
      where b.tenant_id = $1::uuid and b.id > $2::uuid order by b.id limit ${PAGE}`,
  },
  {
    name: 'imports',
    key: 'id',
    text: `select id::text, file_name, format, status, size_bytes, row_count, created_count, skipped_count, created_by::text,
        created_at, applied_at
      from app.imports where tenant_id = $1::uuid and id > $2::uuid order by id limit ${PAGE}`,
  },
  {
    name: 'whatsapp_chats',
    key: 'id',
    own: true,
    text: `select id::text, name, wa_id, bsuid, state, created_at from app.whatsapp_chats
      where tenant_id = $1::uuid and id > $2::uuid and user_id = $3::uuid order by id limit ${PAGE}`,
  },
  {
    name: 'whatsapp_messages',
    key: 'id',
    own: true,
    text: `select m.id::text, m.chat_id::text, m.direction, m.type, m.text, m.state, m.occurred_at from app.whatsapp_messages m
      join app.whatsapp_chats c on c.tenant_id = $1::uuid and c.id = m.chat_id
      where m.tenant_id = $1::uuid and m.id > $2::uuid and c.user_id = $3::uuid order by m.id limit ${PAGE}`,
  },
]

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000'

/** A list of what the tenant's actor may see, page by page. */
export async function* pagesOf(tenant: Tenant, list: ExportList): AsyncGenerator<Row[]> {
  const own = list.own ? [tenant.actor.userId] : []
  for (let after: unknown = BEFORE_ALL; typeof after === 'string';) {
    const rows: Row[] = await tenant.read<Row>({
      name: `export ${list.name}`,
      text: list.text,
      values: [tenant.id, after, ...own],
    })
    if (rows.length > 0) yield rows
    after = rows.at(-1)?.[list.key]
  }
}

/** One row where there is such a tenant. */
export function listTenantRow(tenant: Tenant): Promise<Row[]> {
  return tenant.read<Row>({
    text: 'select name from app.tenants where tenant_id = $1::uuid',
    values: [tenant.id],
  })
}
