/** Rows of the ledger for tests of what is computed from them, written in bulk as the application role. */
import { newId } from '../src/platform/ids.ts'
import type { Tenant } from '../src/platform/tenancy.ts'
import type { Client, Harness } from './harness.ts'

/** The tenant handle of a signed-up person. */
export function tenantOf(harness: Harness, client: Client): Tenant {
  return harness.context.tenancy.enter({
    tenantId: client.session.tenant.id,
    actor: { type: 'user', userId: client.session.user.id, hiddenAccounts: [] },
    requestId: null,
  })
}

export async function addAccount(
  tenant: Tenant,
  currency = 'BRL',
  name = `Account ${currency}`,
): Promise<string> {
  const id = newId()
  await tenant.bulk((tx) =>
    tx.query(
      `insert into app.accounts (tenant_id, id, name, type, currency, created_at, updated_at)
       values ($1, $2, $3, 'checking', $4, $5, $5)`,
      tenant.id,
      id,
      name,
      currency,
      new Date(),
    ),
  )
  return id
}

export interface LineToAdd {
  accountId: string
  currency?: string
  occurredOn: string
  amountMinor: number
  categoryId?: string | null
  isTransfer?: boolean
  isDeleted?: boolean
}

/** One transaction with one line each. @returns their ids, in order */
export async function addTransactions(tenant: Tenant, lines: readonly LineToAdd[]): Promise<string[]> {
  const rows = lines.map((line) => ({
    tenant_id: tenant.id,
    id: newId(),
    account_id: line.accountId,
    currency: line.currency ?? 'BRL',
    occurred_on: line.occurredOn,
    amount_minor: line.amountMinor,
    category_id: line.categoryId ?? null,
    transfer: line.isTransfer === true,
    deleted: line.isDeleted === true,
  }))
  const shape = `jsonb_to_recordset($1::jsonb) as r (tenant_id uuid, id uuid, account_id uuid, currency text,
    occurred_on date, amount_minor bigint, category_id uuid, transfer boolean, deleted boolean)`
  await tenant.bulk(async (tx) => {
    await tx.query(
      `insert into app.transactions (tenant_id, id, account_id, currency, occurred_on, amount_minor, description, source,
         transfer_id, search_text, created_at, updated_at, deleted_at)
       select tenant_id, id, account_id, currency, occurred_on, amount_minor, 'test', 'manual',
         case when transfer then id end, 'test', $2::timestamptz, $2::timestamptz, case when deleted then $2::timestamptz end
       from ${shape} returning id`,
      JSON.stringify(rows),
      new Date(),
    )
    await tx.query(
      `insert into app.transaction_lines (tenant_id, transaction_id, position, account_id, currency, occurred_on,
         amount_minor, category_id, is_transfer, is_void)
       select tenant_id, id, 0, account_id, currency, occurred_on, amount_minor, category_id, transfer, deleted
       from ${shape} returning position`,
      JSON.stringify(rows),
    )
  })
  return rows.map((row) => row.id)
}
