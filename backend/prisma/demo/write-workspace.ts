/** Writes a story into a workspace as the application: one transaction, under row level security, with its audit rows. */
import type { CalendarDate } from '@chronos/contracts/dates'
import { createAccount } from '../../src/modules/accounts/accounts.service.ts'
import { insertBudget } from '../../src/modules/budgets/budgets.queries.ts'
import { upsertNames } from '../../src/modules/transactions/references.queries.ts'
import {
  insertTransactions,
  type NewTransaction,
} from '../../src/modules/transactions/transactions.write-queries.ts'
import { payeeKey, searchText } from '../../src/modules/transactions/transactions.service.ts'
import { tagKey } from '../../src/modules/transactions/transactions.rules.ts'
import { newId } from '../../src/platform/ids.ts'
import type { BulkTx, Tenant } from '../../src/platform/tenancy.ts'
import { monthsBefore, planOf, type Planned } from './plan.ts'
import type { Story } from './story.ts'

const CHUNK = 1000

/**
 * Fills a workspace that nobody has used yet.
 * @returns how many transactions were written; 0 where the workspace has, or once had, an account
 */
export function writeWorkspace(
  tenant: Tenant,
  story: Story,
  today: CalendarDate,
  now: Date,
): Promise<number> {
  return tenant.bulk(async (tx) => {
    if (await isUsed(tx)) return 0
    const planned = planOf(story, today)
    const at = now.toISOString()
    const accounts = new Map<string, { id: string; currency: string }>()
    for (const [key, { number, ...account }] of Object.entries(story.accounts)) {
      const input = { ...account, ...(number === undefined ? {} : { number }) }
      const { id, currency } = await createAccount(tx, input, now)
      accounts.set(key, { id, currency })
    }
    const named = (names: readonly string[], keyOf: (name: string) => string) =>
      [...new Map(names.map((name) => [keyOf(name), name]))].map(([key, name]) => ({ key, name }))
    const payees = await upsertNames(
      tx,
      'payees',
      named(
        planned.flatMap(({ payee }) => payee ?? []),
        payeeKey,
      ),
      at,
    )
    const tags = await upsertNames(
      tx,
      'tags',
      named(
        planned.flatMap((each) => each.tags),
        tagKey,
      ),
      at,
    )
    const categories = await categoriesByKey(tx)
    const transfers = new Map<number, string>()
    const made = planned.map((each): NewTransaction => {
      const account = known(accounts, each.account)
      const transferId = each.transfer === null ? null : (transfers.get(each.transfer) ?? newId())
      if (each.transfer !== null && transferId !== null) transfers.set(each.transfer, transferId)
      return {
        id: newId(),
        accountId: account.id,
        currency: account.currency,
        occurredOn: each.on,
        amountMinor: each.amountMinor,
        description: each.text,
        payeeId: each.payee === null ? null : known(payees, payeeKey(each.payee)),
        notes: each.notes,
        source: each.byWhatsapp ? 'whatsapp' : 'manual',
        transferId,
        importId: null,
        whatsappMessageId: null,
        createdBy: tx.actor.userId,
        searchText: searchText(each.text, each.payee, each.notes),
        lines: each.lines.map(({ category, amountMinor, memo }) => ({
          categoryId: category === null ? null : known(categories, category),
          amountMinor,
          memo,
        })),
      }
    })
    for (let start = 0; start < made.length; start += CHUNK) {
      await insertTransactions(tx, made.slice(start, start + CHUNK), at)
    }
    await tagAll(tx, planned, made, tags)
    for (const [category, amountMinor] of story.budgets) {
      const currency = Object.values(story.accounts)[0]?.currency ?? 'BRL'
      const startMonth = monthsBefore(today, story.months - 1).slice(0, 7)
      const budget = {
        categoryId: known(categories, category),
        currency,
        amountMinor,
        startMonth,
        endMonth: null,
      }
      await insertBudget(tx, newId(), budget, at)
    }
    tx.changed('accounts', 'transactions', 'budgets')
    return made.length
  })
}

/** The audit log remembers accounts that somebody has deleted since. */
async function isUsed(tx: BulkTx): Promise<boolean> {
  const [row] = await tx.query<{ used: boolean }>(
    `select exists (select from app.accounts where tenant_id = $1)
       or exists (select from app.audit_logs where tenant_id = $1 and entity = 'accounts') as used`,
    tx.tenantId,
  )
  return row?.used !== false
}

async function categoriesByKey(tx: BulkTx): Promise<Map<string, string>> {
  const rows = await tx.query<{ key: string; id: string }>(
    'select key, id::text from app.categories where tenant_id = $1 and key is not null',
    tx.tenantId,
  )
  return new Map(rows.map(({ key, id }) => [key, id]))
}

async function tagAll(
  tx: BulkTx,
  planned: readonly Planned[],
  made: readonly NewTransaction[],
  tags: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = planned.flatMap((each, index) =>
    each.tags.map((tag, position) => ({
      transaction: made[index]?.id,
      tag: known(tags, tagKey(tag)),
      position,
    })),
  )
  await tx.query(
    `insert into app.transaction_tags (tenant_id, transaction_id, tag_id, position)
     select $1, r.transaction, r.tag, r.position
     from jsonb_to_recordset($2::jsonb) as r (transaction uuid, tag uuid, position smallint) returning tag_id`,
    tx.tenantId,
    JSON.stringify(rows),
  )
}

function known<T>(map: ReadonlyMap<string, T>, key: string): T {
  const value = map.get(key)
  if (value === undefined) throw new Error(`the demo's story speaks of ${key}, which is not there`)
  return value
}
