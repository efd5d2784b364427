import type { Transaction, TransactionLine, TransactionQuery } from '@chronos/contracts/transactions'
import { decodeCursor, encodeCursor } from '../../platform/cursor.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { COLUMNS, JOINS, listStatement } from './list-statement.ts'
import { searchPatterns } from './transactions.rules.ts'

/** One line, with its transaction repeated. */
export interface TransactionRow {
  id: string
  account_id: string
  occurred_on: string
  amount_minor: number
  currency: string
  description: string
  payee: string | null
  notes: string | null
  source: Transaction['source']
  transfer_id: string | null
  created_at: string
  updated_at: string
  version: number
  position: number
  line_minor: number
  category_id: string | null
  memo: string | null
  tags: string[] | null
}

export interface TransactionPage {
  items: Transaction[]
  nextCursor: string | null
}

/** Newest first, in one statement. @throws AppError invalid_request for a cursor that no list gave out */
export async function listTransactions(tenant: Tenant, query: TransactionQuery): Promise<TransactionPage> {
  const { limit } = query
  const [occurredOn, id] = decodeCursor(query.cursor, ['date', 'uuid'])
  const patterns = query.q === undefined || query.q.trim() === '' ? null : searchPatterns(query.q)
  // Signs alone are the beginning of no word.
  if (patterns?.length === 0) return { items: [], nextCursor: null }
  const rows = await tenant.readLagging<TransactionRow>(
    listStatement(tenant.id, {
      limit,
      accountId: query.accountId,
      categoryId: query.categoryId,
      uncategorized: query.uncategorized === 'true',
      from: query.from,
      to: query.to,
      patterns,
      after: occurredOn && id ? { occurredOn, id } : null,
    }),
  )
  const items = transactionsOf(rows)
  if (items.length <= limit) return { items, nextCursor: null }
  items.pop()
  const last = items[limit - 1]
  return { items, nextCursor: last ? encodeCursor([last.occurredOn, last.id]) : null }
}

const ONE = `select ${COLUMNS} from app.transactions t ${JOINS}
  where t.tenant_id = $1::uuid and t.id = any($2::uuid[]) and t.deleted_at is null order by t.id, l.position`

export async function findTransaction(tenant: Tenant, id: string): Promise<Transaction | null> {
  const rows = await tenant.read<TransactionRow>({
    name: 'transactions.get',
    text: ONE,
    values: [tenant.id, [id]],
  })
  return transactionsOf(rows)[0] ?? null
}

/** Those that exist and are not deleted, by id. */
export async function findTransactionsWithin(
  tx: TenantQueries,
  ids: readonly string[],
): Promise<Transaction[]> {
  return transactionsOf(await tx.query<TransactionRow>(ONE, tx.tenantId, ids))
}

const NO_TAGS: string[] = []

/** Lines of one transaction stand together. Runs for every row of every list: no copies, no closures. */
function transactionsOf(rows: readonly TransactionRow[]): Transaction[] {
  const transactions: Transaction[] = []
  let current: Transaction | undefined
  for (const row of rows) {
    const line: TransactionLine = {
      id: `${row.id}:${row.position}`,
      categoryId: row.category_id,
      amountMinor: row.line_minor,
      memo: row.memo,
    }
    if (current !== undefined && current.id === row.id) {
      current.lines.push(line)
      current.categoryId = null
      continue
    }
    current = {
      id: row.id,
      accountId: row.account_id,
      occurredOn: row.occurred_on,
      amountMinor: row.amount_minor,
      currency: row.currency,
      description: row.description,
      payee: row.payee,
      categoryId: row.category_id,
      lines: [line],
      tags: row.tags ?? NO_TAGS,
      notes: row.notes,
      source: row.source,
      transferId: row.transfer_id,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      version: row.version,
    }
    transactions.push(current)
  }
  return transactions
}
