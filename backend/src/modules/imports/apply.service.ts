/**
 * Applying and undoing, in pieces of at most 5,000 rows, each in a transaction of its own that also keeps how far it
 * has come: what is cut off goes on where it stopped, and doing it again changes nothing. A small import is done
 * while the caller waits, a large one by a job.
 */
import type { ImportStatus } from '@chronos/contracts/imports'
import { AppError, notFound } from '../../platform/errors.ts'
import { countBooked } from '../../platform/measures.ts'
import { sqlErrorOf } from '../../platform/sql-errors.ts'
import type { Tenant, TenantQueries } from '../../platform/tenancy.ts'
import { currencyExponent } from '@chronos/contracts/money'
import { createAccount, findAccountByNumber } from '../accounts/accounts.service.ts'
import { assertRoom, type PlanDeps } from '../plans/plans.service.ts'
import * as apply from './apply.queries.ts'
import * as queries from './imports.queries.ts'
import { CHUNK_ROWS } from './imports.rows.ts'
import { targetsOf } from './targets.rules.ts'

export interface Applied {
  status: ImportStatus
  created: number
  duplicate: number
  accounts: Record<string, string>
}

/**
 * Says where rows go, and books them; above 5,000 rows it only starts.
 * @param wanted account id or `create` by key of the file
 * @throws AppError not_found, import_not_ready, account_required, unknown_reference, currency_mismatch,
 *   amount_overflow, plan_limit
 */
export async function applyImport(
  plan: PlanDeps,
  tenant: Tenant,
  id: string,
  wanted: Readonly<Record<string, string>>,
  now: Date,
): Promise<Applied> {
  try {
    await start(plan, tenant, id, wanted, now)
  } catch (error) {
    // Somebody made the account of that number meanwhile: the second time it is found.
    if (sqlErrorOf(error)?.constraint !== 'accounts_number') throw error
    await start(plan, tenant, id, wanted, now)
  }
  const record = await queries.findImport(tenant, id)
  if (!record) throw notFound('Import')
  return {
    status: record.status,
    created: record.created_count,
    duplicate: record.skipped_count,
    accounts: record.targets,
  }
}

/** A small import is booked in the transaction that says where it goes: what is refused leaves it as it was. */
async function start(
  plan: PlanDeps,
  tenant: Tenant,
  id: string,
  wanted: Readonly<Record<string, string>>,
  now: Date,
): Promise<void> {
  const destinations = await queries.uploadContext(tenant)
  const created = await tenant.bulk(async (tx) => {
    const record = await queries.lockImport(tx, id)
    if (!record) throw notFound('Import')
    if (record.status === 'applied' || record.status === 'applying') return 0
    if (record.status !== 'ready' && record.status !== 'undone') {
      throw new AppError('import_not_ready', {
        detail:
          record.status === 'needs_mapping'
            ? 'Say how the columns are to be read first'
            : `The import is ${record.status}`,
      })
    }
    await assertRoom(plan, tx, 'transactionsPerMonth', record.row_count)
    const room = (): Promise<void> => assertRoom(plan, tx, 'accounts')
    const targets = await resolveTargets(tx, room, record, wanted, destinations, now)
    await apply.setStatus(tx, id, { status: 'applying', targets, restart: true }, now)
    tx.changed('imports', 'accounts')
    if (record.chunk_count <= 1) return (await applyPiece(tx, id, now)).created
    await tx.enqueue('imports.apply', id)
    return 0
  })
  countBooked('import', created)
}

/** Books what is left of an import. @throws AppError amount_overflow; what was booked before stays, and can be undone */
export async function applyPieces(tenant: Tenant, id: string, now: Date): Promise<void> {
  for (let more = true; more;) {
    const piece = await tenant.bulk((tx) => applyPiece(tx, id, now))
    countBooked('import', piece.created)
    more = piece.more
  }
}

/** @returns whether there is another piece, and how much this one booked */
async function applyPiece(
  tx: TenantQueries,
  id: string,
  now: Date,
): Promise<{ more: boolean; created: number }> {
  const record = await queries.lockImport(tx, id)
  if (record?.status !== 'applying') return { more: false, created: 0 }
  const seq = record.chunks_done
  const rows = seq < record.chunk_count ? await apply.chunkRows(tx, id, seq) : 0
  const created = rows === 0 ? 0 : await bookPiece(tx, record, seq, now)
  const isLast = seq + 1 >= record.chunk_count
  await apply.advance(
    tx,
    id,
    { rows, created, status: isLast ? 'applied' : 'applying', appliedAt: isLast ? now : null },
    now,
  )
  if (isLast) await queries.deleteFile(tx, id)
  tx.changed('imports', 'transactions', 'accounts')
  return { more: !isLast, created }
}

async function bookPiece(
  tx: TenantQueries,
  record: queries.ImportRecord,
  seq: number,
  now: Date,
): Promise<number> {
  await apply.insertPayees(tx, record.id, seq, now)
  const currencies = await apply.accountCurrencies(tx)
  const targets = Object.fromEntries(
    Object.entries(record.targets).map(([key, accountId]) => [
      key,
      { accountId, currency: currencies.get(accountId) ?? '' },
    ]),
  )
  return apply.bookChunk(tx, record.id, seq, targets, now)
}

type UploadContext = Awaited<ReturnType<typeof queries.uploadContext>>

async function resolveTargets(
  tx: TenantQueries,
  room: () => Promise<void>,
  record: queries.ImportRecord,
  wanted: Readonly<Record<string, string>>,
  { accounts, sources, workspace }: UploadContext,
  now: Date,
): Promise<Record<string, string>> {
  const unknownKeys = Object.keys(wanted).filter(
    (key) => !record.accounts.some((account) => account.key === key),
  )
  if (unknownKeys.length > 0) {
    throw new AppError('unknown_reference', {
      detail: 'The file has no such account',
      fields: unknownKeys.map((key) => ({ path: `accounts.${key}`, message: 'Not an account of this file' })),
    })
  }
  const fallback = accounts.find((account) => account.id === record.fallback_account_id) ?? null
  const usual = targetsOf(record.accounts, { accounts, sources, fallback })
  const targets: Record<string, string> = {}
  for (const file of record.accounts) {
    const choice = wanted[file.key]?.toLowerCase() ?? usual[file.key]
    if (choice === undefined) {
      if (file.count === 0) continue
      throw new AppError('account_required', {
        detail: `Say where the rows of ${file.number ?? 'this file'} go: an account, or "create"`,
        fields: [{ path: `accounts.${file.key}`, message: 'Give an account id, or "create"' }],
      })
    }
    if (choice !== 'create') assertFits(file, choice, accounts)
    // The same file, created twice, makes one account, also where it names none.
    const before = file.number === null ? sources.get(file.sources[0] ?? '') : undefined
    const known = accounts.find((account) => account.id === before && account.currency === file.readAs)
    const target =
      choice !== 'create'
        ? choice
        : (known?.id ?? (await accountFor(tx, room, file, workspace?.locale ?? 'en', now)))
    targets[file.key] = target
    for (const source of file.sources) await apply.rememberSource(tx, source, target, now)
  }
  return targets
}

const NAMES = {
  pt: {
    credit_card: 'Cartão',
    savings: 'Poupança',
    investment: 'Investimentos',
    loan: 'Empréstimo',
    checking: 'Conta',
  },
  es: {
    credit_card: 'Tarjeta',
    savings: 'Ahorros',
    investment: 'Inversiones',
    loan: 'Préstamo',
    checking: 'Cuenta',
  },
  en: {
    credit_card: 'Card',
    savings: 'Savings',
    investment: 'Investments',
    loan: 'Loan',
    checking: 'Account',
  },
} as const

/** The account of that number and currency, or a new one. */
async function accountFor(
  tx: TenantQueries,
  room: () => Promise<void>,
  file: queries.FileAccount,
  locale: string,
  now: Date,
): Promise<string> {
  const known = file.number === null ? null : await findAccountByNumber(tx, file.number, file.readAs)
  if (known) return known.id
  await room()
  const type = file.kind ?? 'checking'
  const language = locale.startsWith('pt') ? 'pt' : locale.startsWith('es') ? 'es' : 'en'
  const name = `${NAMES[language][type]} ${file.number ?? ''}`.trim().slice(0, 120)
  const account = await createAccount(
    tx,
    { name, type, currency: file.readAs, openingBalanceMinor: 0, number: file.number?.slice(0, 64) ?? null },
    now,
  )
  return account.id
}

function assertFits(file: queries.FileAccount, accountId: string, accounts: UploadContext['accounts']): void {
  const path = `accounts.${file.key}`
  const account = accounts.find((each) => each.id === accountId)
  if (!account)
    throw new AppError('unknown_reference', {
      detail: 'There is no such account',
      fields: [{ path, message: 'Unknown account' }],
    })
  const fits =
    file.currency === null
      ? currencyExponent(account.currency) === currencyExponent(file.readAs)
      : account.currency === file.currency
  if (fits) return
  throw new AppError('currency_mismatch', {
    detail:
      file.currency === null
        ? `The file names no currency and was read as ${file.readAs}; upload it again with this account chosen`
        : `The file is in ${file.currency}, the account in ${account.currency}`,
    fields: [{ path, message: `The account is in ${account.currency}` }],
  })
}

/**
 * Takes the booked rows back; above 5,000 rows it only starts. Repeating it changes nothing.
 * @throws AppError not_found, import_not_ready
 */
export async function undoImport(tenant: Tenant, id: string, now: Date): Promise<void> {
  const record = await tenant.bulk(async (tx) => {
    const locked = await queries.lockImport(tx, id)
    if (!locked) throw notFound('Import')
    if (locked.status === 'undone' || locked.status === 'undoing') return locked
    if (locked.status !== 'applied' && locked.status !== 'failed') {
      throw new AppError('import_not_ready', {
        detail: `Only an applied import can be undone; this one is ${locked.status}`,
      })
    }
    await apply.setStatus(tx, id, { status: 'undoing' }, now)
    if (locked.created_count > CHUNK_ROWS) await tx.enqueue('imports.undo', id)
    tx.changed('imports')
    return { ...locked, status: 'undoing' as const }
  })
  if (record.status === 'undoing' && record.created_count <= CHUNK_ROWS) await undoPieces(tenant, id, now)
}

export async function undoPieces(tenant: Tenant, id: string, now: Date): Promise<void> {
  for (;;) {
    const more = await tenant.bulk(async (tx) => {
      const record = await queries.lockImport(tx, id)
      if (record?.status !== 'undoing') return false
      const taken = await apply.unbook(tx, id, CHUNK_ROWS)
      if (taken < CHUNK_ROWS) await apply.setStatus(tx, id, { status: 'undone', restart: true }, now)
      tx.changed('imports', 'transactions', 'accounts')
      return taken === CHUNK_ROWS
    })
    if (!more) return
  }
}

/** Marks an import whose job gave up, so that it can be seen and undone. */
export async function failImport(tenant: Tenant, id: string, message: string, now: Date): Promise<void> {
  await tenant.bulk(async (tx) => {
    const record = await queries.lockImport(tx, id)
    if (record?.status !== 'applying') return
    await apply.setStatus(tx, id, { status: 'failed', message }, now)
    tx.changed('imports')
  })
}
