/** SQL of applying and undoing: one piece of rows in one transaction, done by the database from what it keeps. */
import type { ControlQueries } from '../../platform/control.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import type { ImportStatus } from '@chronos/contracts/imports'

/** Adds the payees that a piece names and the tenant does not have. */
export async function insertPayees(
  tx: TenantQueries,
  importId: string,
  seq: number,
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into app.payees (tenant_id, id, name, name_key, created_at)
     select $1, min(r.id::text)::uuid, min(r.p), r.n, $4
     from app.import_chunks c, jsonb_to_recordset(c.rows) as r (id uuid, p text, n text)
     where c.tenant_id = $1 and c.import_id = $2 and c.seq = $3 and r.n is not null
       and not exists (select 1 from app.payees known where known.tenant_id = $1 and known.name_key = r.n)
     group by r.n order by r.n
     on conflict (tenant_id, name_key) do nothing`,
    tx.tenantId,
    importId,
    seq,
    at,
  )
}

/**
 * Books the rows of one piece that their accounts do not have yet: transactions and their single lines, in one
 * statement. Audit rows and totals come from the triggers.
 * @param targets account id by key of the file
 * @returns how many were booked
 */
export async function bookChunk(
  tx: TenantQueries,
  importId: string,
  seq: number,
  targets: Readonly<Record<string, { accountId: string; currency: string }>>,
  at: Date,
): Promise<number> {
  const [row] = await tx.query<{ created: number }>(
    `with rows as materialized (
       select r.id, (target ->> 'accountId')::uuid as account_id, target ->> 'currency' as currency, r.d, r.a, r.t, r.s, r.x,
         p.id as payee_id, category.id as category_id
       from app.import_chunks c
       cross join lateral jsonb_to_recordset(c.rows) as r (id uuid, k text, d date, a bigint, t text, s text, n text, x uuid, c uuid)
       cross join lateral (select $4::jsonb -> r.k as target) as goes
       left join app.payees p on p.tenant_id = $1 and p.name_key = r.n
       left join app.categories category on category.tenant_id = $1 and category.id = r.c
       where c.tenant_id = $1 and c.import_id = $2 and c.seq = $3
     ), booked as (
       insert into app.transactions (tenant_id, id, account_id, currency, occurred_on, amount_minor, description, payee_id, source,
         import_id, import_key, created_by, search_text, created_at, updated_at)
       select $1, id, account_id, currency, d, a, t, payee_id, 'import', $2, x, $5, s, $6, $6 from rows
       on conflict (tenant_id, account_id, import_key) where import_key is not null do nothing
       returning id
     ), lines as (
       insert into app.transaction_lines (tenant_id, transaction_id, position, account_id, currency, occurred_on, amount_minor, category_id)
       select $1, r.id, 0, r.account_id, r.currency, r.d, r.a, r.category_id from rows r join booked on booked.id = r.id
       returning 1
     )
     select count(*)::int as created from lines`,
    tx.tenantId,
    importId,
    seq,
    JSON.stringify(targets),
    tx.actor.userId,
    at,
  )
  return row?.created ?? 0
}

/** Currency by account id. */
export async function accountCurrencies(tx: TenantQueries): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; currency: string }>(
    'select id::text, currency from app.accounts where tenant_id = $1',
    tx.tenantId,
  )
  return new Map(rows.map((row) => [row.id, row.currency]))
}

/** Keeps how far applying has come, in the transaction of the piece: a second run goes on from there. */
export async function advance(
  tx: TenantQueries,
  importId: string,
  step: { rows: number; created: number; status: ImportStatus; appliedAt: Date | null },
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.imports set chunks_done = chunks_done + 1, created_count = created_count + $3, skipped_count = skipped_count + $4,
       status = $5, applied_at = coalesce($6, applied_at), updated_at = $7, version = version + 1
     where tenant_id = $1 and id = $2`,
    tx.tenantId,
    importId,
    step.created,
    step.rows - step.created,
    step.status,
    step.appliedAt,
    at,
  )
}

export async function chunkRows(tx: TenantQueries, importId: string, seq: number): Promise<number> {
  const [row] = await tx.query<{ row_count: number }>(
    'select row_count from app.import_chunks where tenant_id = $1 and import_id = $2 and seq = $3',
    tx.tenantId,
    importId,
    seq,
  )
  return row?.row_count ?? 0
}

/**
 * Takes back at most `limit` booked rows. Lines go first, in a statement of their own: as a cascade they would fire
 * the totals' trigger once for each row.
 * @returns how many were taken back
 */
export async function unbook(tx: TenantQueries, importId: string, limit: number): Promise<number> {
  const rows = await tx.query<{ id: string }>(
    'select id::text from app.transactions where tenant_id = $1 and import_id = $2 order by id limit $3 for update',
    tx.tenantId,
    importId,
    limit,
  )
  if (rows.length === 0) return 0
  const ids = rows.map((row) => row.id)
  for (const table of ['transaction_lines', 'transaction_tags']) {
    await tx.query(
      `delete from app.${table} where tenant_id = $1 and transaction_id = any($2::uuid[])`,
      tx.tenantId,
      ids,
    )
  }
  await tx.query(
    'delete from app.transactions where tenant_id = $1 and id = any($2::uuid[])',
    tx.tenantId,
    ids,
  )
  return rows.length
}

export async function setStatus(
  tx: TenantQueries,
  importId: string,
  change: {
    status: ImportStatus
    targets?: Readonly<Record<string, string>>
    restart?: boolean
    message?: string
  },
  at: Date,
): Promise<void> {
  await tx.query(
    `update app.imports set status = $3, targets = coalesce($4::jsonb, targets), message = coalesce($5, message),
       chunks_done = case when $6 then 0 else chunks_done end, created_count = case when $6 then 0 else created_count end,
       skipped_count = case when $6 then 0 else skipped_count end, updated_at = $7, version = version + 1,
       acted_by = case when $3 in ('applying', 'undoing') then $8 else acted_by end
     where tenant_id = $1 and id = $2`,
    tx.tenantId,
    importId,
    change.status,
    change.targets ? JSON.stringify(change.targets) : null,
    change.message ?? null,
    change.restart ?? false,
    at,
    tx.actor.userId,
  )
}

/** Remembers where the rows of a file's account went, for the next file of that account. */
export async function rememberSource(
  tx: TenantQueries,
  sourceKey: string,
  accountId: string,
  at: Date,
): Promise<void> {
  await tx.query(
    `insert into app.import_sources (tenant_id, source_key, account_id, updated_at) values ($1, $2, $3, $4)
     on conflict (tenant_id, source_key) do update set account_id = excluded.account_id, updated_at = excluded.updated_at`,
    tx.tenantId,
    sourceKey,
    accountId,
    at,
  )
}

/** Statistics of what imports fill, at once. @returns false where they are younger than a minute, or being made */
export async function analyzeImported(control: ControlQueries): Promise<boolean> {
  const [row] = await control.query<{ done: boolean }>('select control.analyze_imported() as done')
  return row?.done ?? false
}
