/** SQL of imports: the upload with its pieces, and the preview. What applying does is in apply.queries.ts. */
import type { Import, ImportAccount, ImportIssue, ImportRow, ImportStatus } from '@chronos/contracts/imports'
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { CHUNK_ROWS, type StoredRow } from './imports.rows.ts'
import type { AccountKind } from './statement.ts'

/** An account of the file, as it is kept: without where it went, which is looked up when it is shown. */
export interface FileAccount {
  key: string
  number: string | null
  /** What the file says; null where it says nothing. */
  currency: string | null
  /** What the amounts were read as. */
  readAs: string
  kind: AccountKind | null
  count: number
  sumMinor: number
  /** By what the account is remembered for the next file. */
  sources: string[]
}

export interface ImportRecord {
  id: string
  status: ImportStatus
  format: string
  file_name: string | null
  fallback_account_id: string | null
  accounts: FileAccount[]
  targets: Record<string, string>
  errors: ImportIssue[]
  mapping: CsvMapping | null
  sample: string[][] | null
  message: string | null
  row_count: number
  new_count: number
  duplicate_count: number
  refused_count: number
  chunk_count: number
  chunks_done: number
  created_count: number
  skipped_count: number
  created_at: string
  applied_at: string | null
  /** Who applied or undid it last. */
  acted_by: string | null
}

const COLUMNS = `id::text, status, format, file_name, fallback_account_id::text, accounts, targets, errors, mapping, sample, message,
  row_count, new_count, duplicate_count, refused_count, chunk_count, chunks_done, created_count, skipped_count, created_at, applied_at, acted_by::text`

export async function findImport(tenant: Tenant, id: string): Promise<ImportRecord | null> {
  const [row] = await tenant.read<ImportRecord>({
    name: 'import',
    text: `select ${COLUMNS} from app.imports where tenant_id = $1 and id = $2`,
    values: [tenant.id, id],
  })
  return row ?? null
}

/** The import, locked until the transaction ends: of two that apply it, one goes first. */
export async function lockImport(tx: TenantQueries, id: string): Promise<ImportRecord | null> {
  const [row] = await tx.query<ImportRecord>(
    `select ${COLUMNS} from app.imports where tenant_id = $1::uuid and id = $2::uuid for update`,
    tx.tenantId,
    id,
  )
  return row ?? null
}

export function listImports(
  tenant: Tenant,
  limit: number,
  after: { createdAt: string; id: string } | null,
): Promise<ImportRecord[]> {
  const values: unknown[] = [tenant.id, limit]
  if (after) values.push(after.createdAt, after.id)
  return tenant.read<ImportRecord>({
    name: after ? 'imports-after' : 'imports',
    text: `select ${COLUMNS} from app.imports where tenant_id = $1
      ${after ? 'and (created_at, id) < ($3::timestamptz, $4::uuid)' : ''} order by created_at desc, id desc limit $2`,
    values,
  })
}

export interface Workspace {
  currency: string
  locale: string
}

export interface TargetAccount {
  id: string
  currency: string
  number_key: string | null
}

/** What an upload needs to know: the workspace, its accounts, where files went, and categories by key. */
export async function uploadContext(tenant: Tenant): Promise<{
  workspace: Workspace | undefined
  accounts: TargetAccount[]
  sources: Map<string, string>
  categories: Map<string, string>
}> {
  const values = [tenant.id]
  const [workspaces, accounts, sources, categories] = (await tenant.readAll([
    {
      name: 'import-workspace',
      text: 'select currency, locale from app.tenants where tenant_id = $1',
      values,
    },
    {
      name: 'import-accounts',
      text: 'select id::text, currency, number_key from app.accounts where tenant_id = $1',
      values,
    },
    {
      name: 'import-sources',
      text: 'select source_key, account_id::text from app.import_sources where tenant_id = $1',
      values,
    },
    {
      name: 'import-categories',
      text: 'select key, id::text from app.categories where tenant_id = $1 and key is not null',
      values,
    },
  ])) as [
    Workspace[],
    TargetAccount[],
    { source_key: string; account_id: string }[],
    { key: string; id: string }[],
  ]
  return {
    workspace: workspaces[0],
    accounts,
    sources: new Map(sources.map((row) => [row.source_key, row.account_id])),
    categories: new Map(categories.map((row) => [row.key, row.id])),
  }
}

export type NewImport = Omit<
  ImportRecord,
  'created_at' | 'applied_at' | 'acted_by' | 'chunks_done' | 'created_count' | 'skipped_count' | 'targets'
> & {
  sizeBytes: number
}

export async function insertImport(tx: TenantQueries, record: NewImport, at: Date): Promise<void> {
  await tx.query(
    `insert into app.imports (tenant_id, id, status, format, file_name, size_bytes, fallback_account_id, accounts, targets, errors,
       mapping, sample, message, row_count, new_count, duplicate_count, refused_count, chunk_count, chunks_done, created_count,
       skipped_count, created_by, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, '{}', $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, 0, $18, $19, $19)`,
    tx.tenantId,
    record.id,
    record.status,
    record.format,
    record.file_name,
    record.sizeBytes,
    record.fallback_account_id,
    JSON.stringify(record.accounts),
    JSON.stringify(record.errors),
    record.mapping && JSON.stringify(record.mapping),
    record.sample && JSON.stringify(record.sample),
    record.message,
    record.row_count,
    record.new_count,
    record.duplicate_count,
    record.refused_count,
    record.chunk_count,
    tx.actor.userId,
    at,
  )
}

/** Puts what a reading found in place of what an earlier one, with another mapping, had found. */
export async function replaceReading(tx: TenantQueries, record: NewImport, at: Date): Promise<void> {
  await tx.query(
    `update app.imports set status = $3, accounts = $4, errors = $5, mapping = $6, sample = $7, message = $8, row_count = $9,
       new_count = $10, duplicate_count = $11, refused_count = $12, chunk_count = $13, updated_at = $14, version = version + 1
     where tenant_id = $1 and id = $2`,
    tx.tenantId,
    record.id,
    record.status,
    JSON.stringify(record.accounts),
    JSON.stringify(record.errors),
    record.mapping && JSON.stringify(record.mapping),
    record.sample && JSON.stringify(record.sample),
    record.message,
    record.row_count,
    record.new_count,
    record.duplicate_count,
    record.refused_count,
    record.chunk_count,
    at,
  )
}

const FILE_PIECE = 1024 * 1024

export async function insertFile(tx: TenantQueries, importId: string, content: Buffer): Promise<void> {
  for (let at = 0, seq = 0; at < content.length; at += FILE_PIECE, seq += 1) {
    await tx.query(
      'insert into app.import_files (tenant_id, import_id, seq, content) values ($1, $2, $3, $4)',
      tx.tenantId,
      importId,
      seq,
      content.subarray(at, at + FILE_PIECE),
    )
  }
}

/** @returns null when the file is gone, since the import was applied */
export async function readFile(tenant: Tenant, importId: string): Promise<Buffer | null> {
  const rows = await tenant.read<{ content: Buffer }>({
    text: 'select content from app.import_files where tenant_id = $1 and import_id = $2 order by seq',
    values: [tenant.id, importId],
  })
  return rows.length === 0 ? null : Buffer.concat(rows.map((row) => row.content))
}

export async function deleteFile(tx: TenantQueries, importId: string): Promise<void> {
  await tx.query(
    'delete from app.import_files where tenant_id = $1::uuid and import_id = $2::uuid',
    tx.tenantId,
    importId,
  )
}

export async function deleteChunks(tx: TenantQueries, importId: string): Promise<void> {
  await tx.query(
    'delete from app.import_chunks where tenant_id = $1 and import_id = $2',
    tx.tenantId,
    importId,
  )
}

export async function insertChunk(
  tx: TenantQueries,
  importId: string,
  seq: number,
  rows: readonly StoredRow[],
): Promise<void> {
  await tx.query(
    'insert into app.import_chunks (tenant_id, import_id, seq, first_row, row_count, rows) values ($1, $2, $3, $4, $5, $6)',
    tx.tenantId,
    importId,
    seq,
    seq * CHUNK_ROWS,
    rows.length,
    JSON.stringify(rows),
  )
}

/** How many of these keys an account has already, deleted transactions included: what was deleted stays deleted. */
export async function countKnown(
  tx: TenantQueries,
  accountId: string,
  keys: readonly string[],
): Promise<number> {
  const [row] = await tx.query<{ known: number }>(
    'select count(*)::int as known from app.transactions where tenant_id = $1 and account_id = $2 and import_key = any($3::uuid[])',
    tx.tenantId,
    accountId,
    keys,
  )
  return row?.known ?? 0
}

interface PreviewRecord {
  line: number
  key: string
  occurred_on: string
  amount_minor: number
  currency: string
  description: string
  payee: string | null
  category_id: string | null
  known: boolean
}

/** A page of rows as they will be booked. `accounts` says where each key goes, as far as that is known. */
export async function listRows(
  tenant: Tenant,
  importId: string,
  from: number,
  limit: number,
  accounts: Readonly<Record<string, string>>,
): Promise<ImportRow[]> {
  const rows = await tenant.read<PreviewRecord>({
    name: 'import-rows',
    text: `with page as (
        select c.first_row + (e.ordinal - 1) as number, r.*
        from app.import_chunks c,
          jsonb_array_elements(c.rows) with ordinality as e (item, ordinal),
          jsonb_to_record(e.item) as r (l int, k text, d text, a bigint, u text, t text, p text, x uuid, c uuid)
        where c.tenant_id = $1 and c.import_id = $2 and c.first_row + c.row_count > $3 and c.first_row < $3 + $4
          and c.first_row + e.ordinal > $3 and c.first_row + e.ordinal <= $3 + $4
      )
      select p.l as line, p.k as key, p.d as occurred_on, p.a as amount_minor, p.u as currency, p.t as description, p.p as payee,
        p.c::text as category_id,
        exists (select 1 from app.transactions t where t.tenant_id = $1 and t.account_id = ($5::jsonb ->> p.k)::uuid
          and t.import_key = p.x and t.import_id is distinct from $2::uuid) as known
      from page p order by p.number`,
    values: [tenant.id, importId, from, limit, JSON.stringify(accounts)],
  })
  return rows.map((row) => ({
    line: row.line,
    key: row.key,
    occurredOn: row.occurred_on,
    amountMinor: row.amount_minor,
    currency: row.currency,
    description: row.description,
    payee: row.payee,
    categoryId: row.category_id,
    state: row.known ? 'duplicate' : 'new',
  }))
}

/** An import as the API shows it. `accounts` are the targets by key, as far as they are known. */
export function importOf(record: ImportRecord, accounts: Readonly<Record<string, string>>): Import {
  const isRunning = record.status === 'applying' || record.status === 'undoing'
  return {
    id: record.id,
    status: record.status,
    format: record.format,
    fileName: record.file_name,
    accounts: record.accounts.map((account): ImportAccount => ({
      key: account.key,
      number: account.number,
      currency: account.currency,
      count: account.count,
      sumMinor: account.sumMinor,
      accountId: accounts[account.key] ?? null,
    })),
    counts: { new: record.new_count, duplicate: record.duplicate_count, refused: record.refused_count },
    errors: record.errors,
    message: record.message,
    mapping: record.mapping,
    sample: record.sample,
    progress: isRunning
      ? { done: Math.min(record.chunks_done * CHUNK_ROWS, record.row_count), total: record.row_count }
      : null,
    created: record.status === 'applied' || record.status === 'applying' ? record.created_count : null,
    createdAt: record.created_at,
    appliedAt: record.applied_at,
  }
}
