/**
 * Uploading a statement: it is read once, in a stream, inside the transaction that keeps its rows, so that a file
 * that breaks on its last line leaves nothing behind. Nothing is booked here.
 */
import { createHash } from 'node:crypto'
import type { CsvMapping } from '@chronos/contracts/csv-mapping'
import type { ImportIssue } from '@chronos/contracts/imports'
import { cleanLine } from '@chronos/contracts/text'
import { AppError, invariant } from '../../platform/errors.ts'
import { claimKey, keepAnswer, type IdempotencyClaim } from '../../platform/idempotency.ts'
import { newId } from '../../platform/ids.ts'
import type { BulkTx, Tenant } from '../../platform/tenancy.ts'
import { assertRoom, type PlanDeps } from '../plans/plans.service.ts'
import { sampleOf } from './csv-sample.ts'
import * as queries from './imports.queries.ts'
import { CHUNK_ROWS, storedRow, type StoredRow } from './imports.rows.ts'
import { openStatement, type OpenedStatement } from './parse-statement.ts'
import { refusalOf } from './refusals.ts'
import { MAX_LISTED_ERRORS, sourceFromBytes, type StatementAccount } from './statement.ts'
import { sourcesOf, targetsOf, type Destinations } from './targets.rules.ts'

export interface Upload {
  content: Buffer
  fileName: string | null
  /** Fallback target, and the currency of a file that names none. */
  accountId: string | null
  mapping: CsvMapping | null
  /** The caller's Idempotency-Key. */
  idempotencyKey: string | null
}

/**
 * Keeps an uploaded statement; once, however often it comes with the same Idempotency-Key.
 * @returns the id of the import
 * @throws ReplayedAnswer with that id, for a key that kept the same upload before
 * @throws AppError idempotency_in_progress, idempotency_mismatch
 * @throws AppError unreadable_file, unsupported_format, mapping_invalid, payload_too_large, unknown_reference,
 *   plan_limit
 */
export async function createImport(
  plan: PlanDeps,
  tenant: Tenant,
  upload: Upload,
  now: Date,
): Promise<string> {
  const destinations = await destinationsFor(tenant, upload.accountId)
  const opened = await open(upload, destinations)
  const id = newId()
  const room = (tx: BulkTx): Promise<void> => assertRoom(plan, tx, 'storageBytes', upload.content.length)
  await keep(tenant, { id, upload, opened, destinations, isNew: true, room }, now)
  return id
}

/**
 * Reads the kept file of a CSV again, with another mapping.
 * @throws AppError import_already_applied, mapping_invalid, unreadable_file
 */
export async function remapImport(
  tenant: Tenant,
  record: queries.ImportRecord,
  mapping: CsvMapping,
  now: Date,
): Promise<void> {
  assertNotApplied(record)
  const content = await queries.readFile(tenant, record.id)
  if (content === null || record.format !== 'csv') {
    throw new AppError('mapping_invalid', { detail: 'Only CSV files have columns to map' })
  }
  const upload: Upload = {
    content,
    fileName: record.file_name,
    accountId: record.fallback_account_id,
    mapping,
    idempotencyKey: null,
  }
  const destinations = await destinationsFor(tenant, upload.accountId)
  const opened = await open(upload, destinations)
  await keep(tenant, { id: record.id, upload, opened, destinations, isNew: false }, now)
}

function assertNotApplied(record: queries.ImportRecord | null): void {
  if (record?.status === 'ready' || record?.status === 'needs_mapping') return
  throw new AppError('import_already_applied', {
    detail: 'This import was applied; undo it and upload the file again',
  })
}

interface UploadDestinations extends Destinations {
  currency: string
  locale: string
  categories: ReadonlyMap<string, string>
}

async function destinationsFor(tenant: Tenant, accountId: string | null): Promise<UploadDestinations> {
  const { workspace, accounts, sources, categories } = await queries.uploadContext(tenant)
  invariant(workspace, 'a tenant has a workspace')
  const fallback =
    accountId === null ? null : accounts.find((account) => account.id === accountId.toLowerCase())
  if (fallback === undefined) {
    throw new AppError('unknown_reference', {
      detail: 'There is no such account',
      fields: [{ path: 'accountId', message: 'Unknown account' }],
    })
  }
  return {
    accounts,
    sources,
    fallback,
    currency: fallback?.currency ?? workspace.currency,
    locale: workspace.locale,
    categories,
  }
}

function open(upload: Upload, destinations: UploadDestinations): Promise<OpenedStatement> {
  return openStatement(sourceFromBytes(upload.content), {
    defaultCurrency: destinations.currency,
    mapping: upload.mapping,
    locale: destinations.locale,
  }).catch((error: unknown) => {
    throw refusalOf(error)
  })
}

interface Keeping {
  id: string
  upload: Upload
  opened: OpenedStatement
  destinations: UploadDestinations
  isNew: boolean
  /** Whether the plan has room for the file. @throws AppError plan_limit */
  room?(tx: BulkTx): Promise<void>
}

async function keep(tenant: Tenant, keeping: Keeping, now: Date): Promise<void> {
  const { id, upload, opened, destinations, isNew } = keeping
  const sample = await sampleFor(keeping)
  const claim = claimOf(upload)
  await tenant.bulk(async (tx) => {
    if (claim) await claimKey(tx, claim)
    await keeping.room?.(tx)
    if (!isNew) {
      assertNotApplied(await queries.lockImport(tx, id))
      await queries.deleteChunks(tx, id)
    }
    const empty = { ...emptyRecord(keeping), sample }
    // The import's own row comes first, since its pieces refer to it; what was found is written over it at the end.
    if (isNew) await queries.insertImport(tx, empty, now)
    if (isNew && opened.format === 'csv') await queries.insertFile(tx, id, upload.content)
    if (opened.status === 'ready')
      await queries.replaceReading(tx, await readRows(tx, opened, empty, destinations, upload.content), now)
    else if (!isNew) await queries.replaceReading(tx, empty, now)
    if (claim) await keepAnswer(tx, claim, { id })
    tx.changed('imports')
  })
}

/** Of an upload, the whole file counts: the same key with other bytes is another request. */
function claimOf({ idempotencyKey, content, fileName, accountId, mapping }: Upload): IdempotencyClaim | null {
  if (idempotencyKey === null) return null
  const rest = JSON.stringify([fileName, accountId, mapping])
  return {
    key: idempotencyKey,
    requestHash: createHash('sha256')
      .update(`imports ${rest} ${digest(content)}`)
      .digest('hex'),
    status: 201,
  }
}

/** For CSV alone: what the person sees who corrects the columns, also where the guess was sure. */
function sampleFor({ upload, opened }: Keeping): Promise<string[][]> | string[][] | null {
  if (opened.format !== 'csv') return null
  const mapping = opened.status === 'ready' ? opened.mapping : opened.guess.mapping
  if (mapping) return sampleOf(sourceFromBytes(upload.content), opened.encoding, mapping)
  if (opened.status === 'ready') return null
  return opened.guess.sampleRows.map((row) => row.cells.slice(0, 50))
}

function emptyRecord({ id, upload, opened, destinations }: Keeping): Omit<queries.NewImport, 'sample'> {
  const name =
    upload.fileName === null ? '' : cleanLine(upload.fileName.replace(/^.*[/\\]/, '')).slice(0, 200)
  return {
    id,
    status: opened.status === 'ready' ? 'ready' : 'needs_mapping',
    format: opened.format,
    file_name: name === '' ? null : name,
    sizeBytes: upload.content.length,
    fallback_account_id: destinations.fallback?.id ?? null,
    accounts: [],
    errors: [],
    mapping: opened.status === 'ready' ? opened.mapping : opened.guess.mapping,
    message:
      opened.status === 'ready' ? null : opened.guess.problems.map((problem) => problem.message).join(' '),
    row_count: 0,
    new_count: 0,
    duplicate_count: 0,
    refused_count: 0,
    chunk_count: 0,
  }
}

async function readRows(
  tx: BulkTx,
  opened: Extract<OpenedStatement, { status: 'ready' }>,
  empty: queries.NewImport,
  destinations: UploadDestinations,
  content: Buffer,
): Promise<queries.NewImport> {
  const { batches, summary } = opened.read()
  const file = { hash: digest(content), layout: digest(`${opened.format} ${JSON.stringify(opened.mapping)}`) }
  const named = (): (StatementAccount & { sources: string[] })[] =>
    summary.accounts.map((account) => ({ ...account, sources: sourcesOf(account, file) }))
  const errors: ImportIssue[] = []
  let chunk: StoredRow[] = []
  let seq = 0
  let known = 0
  const flush = async (): Promise<void> => {
    if (chunk.length === 0) return
    await queries.insertChunk(tx, empty.id, seq, chunk)
    known += await countKnown(tx, chunk, targetsOf(named(), destinations))
    chunk = []
    seq += 1
  }
  try {
    for await (const batch of batches) {
      for (const error of batch.errors) if (errors.length < MAX_LISTED_ERRORS) errors.push(error)
      for (const row of batch.rows) {
        chunk.push(storedRow(row, destinations.categories))
        if (chunk.length === CHUNK_ROWS) await flush()
      }
    }
  } catch (error) {
    throw refusalOf(error)
  }
  await flush()
  const notes = summary.notices.map((notice) => notice.message)
  return {
    ...empty,
    accounts: named().map((account) => ({
      key: account.key,
      number: account.number,
      currency: account.currency,
      readAs: account.currency ?? destinations.currency,
      kind: account.kind,
      count: account.count,
      sumMinor: account.sumMinor,
      sources: account.sources,
    })),
    errors,
    message: summary.empty
      ? 'The statement is valid and has no transactions.'
      : notes.length > 0
        ? notes.join(' ')
        : null,
    row_count: summary.rows,
    new_count: summary.rows - known,
    duplicate_count: known,
    refused_count: summary.refused,
    chunk_count: seq,
  }
}

function digest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, 32)
}

async function countKnown(
  tx: BulkTx,
  rows: readonly StoredRow[],
  targets: Readonly<Record<string, string>>,
): Promise<number> {
  const keys = new Map<string, string[]>()
  for (const row of rows) {
    const accountId = targets[row.k]
    if (accountId === undefined) continue
    const list = keys.get(accountId)
    if (list) list.push(row.x)
    else keys.set(accountId, [row.x])
  }
  let known = 0
  for (const [accountId, list] of keys) known += await queries.countKnown(tx, accountId, list)
  return known
}
