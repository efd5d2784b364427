/** How transactions and their lines are written. Triggers keep totals and the audit log in the same statement. */
import type { Transaction } from '@chronos/contracts/transactions'
import type { TenantQueries } from '../../platform/tenancy.ts'
import type { Line } from './transactions.rules.ts'

export interface NewTransaction {
  id: string
  accountId: string
  currency: string
  occurredOn: string
  amountMinor: number
  description: string
  payeeId: string | null
  notes: string | null
  source: Transaction['source']
  transferId: string | null
  importId: string | null
  whatsappMessageId: string | null
  createdBy: string | null
  searchText: string
  lines: readonly Line[]
}

/** Transactions with their lines, in one statement. */
export async function insertTransactions(
  tx: TenantQueries,
  transactions: readonly NewTransaction[],
  at: string,
): Promise<void> {
  const headers = transactions.map(({ lines: _lines, ...header }) => header)
  const lines = transactions.flatMap((transaction) =>
    transaction.lines.map((line, position) => ({
      ...line,
      transactionId: transaction.id,
      position,
      accountId: transaction.accountId,
      currency: transaction.currency,
      occurredOn: transaction.occurredOn,
      isTransfer: transaction.transferId !== null,
    })),
  )
  await tx.query(
    `with made as (
       insert into app.transactions (tenant_id, id, account_id, currency, occurred_on, amount_minor, description, payee_id,
         notes, source, transfer_id, import_id, whatsapp_message_id, created_by, search_text, created_at, updated_at)
       select $1::uuid, h."id", h."accountId", h."currency", h."occurredOn", h."amountMinor", h."description", h."payeeId",
         h."notes", h."source", h."transferId", h."importId", h."whatsappMessageId", h."createdBy", h."searchText",
         $4::timestamptz, $4::timestamptz
       from jsonb_to_recordset($2::jsonb) as h ("id" uuid, "accountId" uuid, "currency" text, "occurredOn" date,
         "amountMinor" bigint, "description" text, "payeeId" uuid, "notes" text, "source" text, "transferId" uuid,
         "importId" uuid, "whatsappMessageId" uuid, "createdBy" uuid, "searchText" text)
       returning id
     )
     insert into app.transaction_lines
       (tenant_id, transaction_id, position, account_id, currency, occurred_on, amount_minor, category_id, memo, is_transfer)
     select $1::uuid, made.id, l."position", l."accountId", l."currency", l."occurredOn", l."amountMinor", l."categoryId",
       l."memo", l."isTransfer"
     from jsonb_to_recordset($3::jsonb) as l ("transactionId" uuid, "position" smallint, "accountId" uuid, "currency" text,
       "occurredOn" date, "amountMinor" bigint, "categoryId" uuid, "memo" text, "isTransfer" boolean)
     join made on made.id = l."transactionId"
     returning position`,
    tx.tenantId,
    JSON.stringify(headers),
    JSON.stringify(lines),
    at,
  )
}

export async function insertTags(
  tx: TenantQueries,
  transactionId: string,
  tagIds: readonly string[],
): Promise<void> {
  if (tagIds.length === 0) return
  await tx.query(
    `insert into app.transaction_tags (tenant_id, transaction_id, tag_id, position)
     select $1::uuid, $2::uuid, g.id, g.position - 1 from unnest($3::uuid[]) with ordinality as g (id, position)
     returning tag_id`,
    tx.tenantId,
    transactionId,
    tagIds,
  )
}

export async function deleteTags(tx: TenantQueries, transactionId: string): Promise<void> {
  await tx.query(
    'delete from app.transaction_tags where tenant_id = $1::uuid and transaction_id = $2::uuid',
    tx.tenantId,
    transactionId,
  )
}

export interface LockedLeg {
  id: string
  version: number
  transfer_id: string | null
  deleted: boolean
}

/**
 * Holds a transaction and the other leg of its transfer until the end, in the order of their ids.
 * @param state which of the two a caller means by the id
 * @returns none where there is no such transaction
 */
export async function lockLegs(tx: TenantQueries, id: string): Promise<LockedLeg[]> {
  return tx.query<LockedLeg>(
    `select t.id::text as id, t.version, t.transfer_id::text as transfer_id, t.deleted_at is not null as deleted
     from app.transactions t
     where t.tenant_id = $1::uuid and (t.id = $2::uuid or t.transfer_id = (
       select s.transfer_id from app.transactions s where s.tenant_id = $1::uuid and s.id = $2::uuid))
     order by t.id for update of t`,
    tx.tenantId,
    id,
  )
}

export interface Header {
  accountId: string
  currency: string
  occurredOn: string
  amountMinor: number
  description: string
  payeeId: string | null
  notes: string | null
  searchText: string
}

export async function updateHeader(tx: TenantQueries, id: string, header: Header, at: string): Promise<void> {
  await tx.query(
    `update app.transactions set account_id = $3::uuid, currency = $4, occurred_on = $5::date, amount_minor = $6::bigint,
       description = $7, payee_id = $8::uuid, notes = $9, search_text = $10, updated_at = $11::timestamptz,
       version = version + 1
     where tenant_id = $1::uuid and id = $2::uuid`,
    tx.tenantId,
    id,
    header.accountId,
    header.currency,
    header.occurredOn,
    header.amountMinor,
    header.description,
    header.payeeId,
    header.notes,
    header.searchText,
    at,
  )
}

/** Makes the lines of a transaction these, in this order: those that are there already are changed in place. */
export async function replaceLines(
  tx: TenantQueries,
  id: string,
  header: Pick<Header, 'accountId' | 'currency' | 'occurredOn'>,
  lines: readonly Line[],
  countBefore: number,
): Promise<void> {
  if (lines.length < countBefore) {
    await tx.query(
      `delete from app.transaction_lines
       where tenant_id = $1::uuid and transaction_id = $2::uuid and position >= $3::smallint`,
      tx.tenantId,
      id,
      lines.length,
    )
  }
  const json = JSON.stringify(lines.map((line, position) => ({ ...line, position })))
  const columns = '("position" smallint, "amountMinor" bigint, "categoryId" uuid, "memo" text)'
  await tx.query(
    `update app.transaction_lines l set account_id = $3::uuid, currency = $4, occurred_on = $5::date,
       amount_minor = n."amountMinor", category_id = n."categoryId", memo = n."memo"
     from jsonb_to_recordset($6::jsonb) as n ${columns}
     where l.tenant_id = $1::uuid and l.transaction_id = $2::uuid and l.position = n."position"`,
    tx.tenantId,
    id,
    header.accountId,
    header.currency,
    header.occurredOn,
    json,
  )
  if (lines.length > countBefore) {
    await tx.query(
      `insert into app.transaction_lines
         (tenant_id, transaction_id, position, account_id, currency, occurred_on, amount_minor, category_id, memo)
       select $1::uuid, $2::uuid, n."position", $3::uuid, $4, $5::date, n."amountMinor", n."categoryId", n."memo"
       from jsonb_to_recordset($6::jsonb) as n ${columns} where n."position" >= $7::smallint
       returning position`,
      tx.tenantId,
      id,
      header.accountId,
      header.currency,
      header.occurredOn,
      json,
      countBefore,
    )
  }
}

/** Deletes (an instant) or restores (null). Lines of deleted transactions count in no total. */
export async function setDeleted(
  tx: TenantQueries,
  ids: readonly string[],
  deletedAt: string | null,
  at: string,
): Promise<void> {
  await tx.query(
    `update app.transactions set deleted_at = $3::timestamptz, updated_at = $4::timestamptz, version = version + 1
     where tenant_id = $1::uuid and id = any($2::uuid[])`,
    tx.tenantId,
    ids,
    deletedAt,
    at,
  )
  await tx.query(
    'update app.transaction_lines set is_void = $3::boolean where tenant_id = $1::uuid and transaction_id = any($2::uuid[])',
    tx.tenantId,
    ids,
    deletedAt !== null,
  )
}
