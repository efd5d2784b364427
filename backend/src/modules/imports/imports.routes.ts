import * as contract from '@chronos/contracts/imports'
import { CsvMapping } from '@chronos/contracts/csv-mapping'
import type { Multipart } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError, notFound } from '../../platform/errors.ts'
import { ReplayedAnswer } from '../../platform/idempotency.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import { idempotencyKeyOf, type Endpoints } from '../../plugins/endpoints.ts'
import { assertFeature, type PlanDeps } from '../plans/plans.service.ts'
import { applyImport, undoImport } from './apply.service.ts'
import * as queries from './imports.queries.ts'
import { MAX_FILE_BYTES } from './statement.ts'
import { targetsOf } from './targets.rules.ts'
import { createImport, remapImport, type Upload } from './upload.service.ts'

export function registerImportRoutes(endpoints: Endpoints, deps: PlanDeps): void {
  const { clock } = deps
  endpoints.register(contract.createImport, async ({ tenant, request, reply }) => {
    await assertFeature(deps, tenant.id, 'imports')
    try {
      return await shown(tenant, await createImport(deps, tenant, await uploadOf(request), clock.now()))
    } catch (error) {
      if (!(error instanceof ReplayedAnswer)) throw error
      reply.header('idempotency-replayed', 'true')
      return shown(tenant, (error.body as { id: string }).id)
    }
  })

  endpoints.register(contract.listImports, async ({ tenant, query }) => {
    const after = query.cursor === undefined ? null : readCursor(query.cursor)
    const records = await queries.listImports(tenant, query.limit + 1, after)
    const items = records.slice(0, query.limit)
    const last = items.at(-1)
    const context = await queries.uploadContext(tenant)
    return {
      items: items.map((record) => queries.importOf(record, destinationsOf(record, context))),
      nextCursor:
        records.length > query.limit && last
          ? writeCursor({ createdAt: last.created_at, id: last.id })
          : null,
    }
  })

  endpoints.register(contract.getImport, ({ tenant, params }) => shown(tenant, params.id))

  endpoints.register(contract.listImportRows, async ({ tenant, params, query }) => {
    const record = await found(tenant, params.id)
    const from = query.cursor === undefined ? 0 : rowNumber(query.cursor)
    const accounts = destinationsOf(record, await queries.uploadContext(tenant))
    const items = await queries.listRows(tenant, record.id, from, query.limit, accounts)
    const next = from + items.length
    return { items, nextCursor: items.length > 0 && next < record.row_count ? String(next) : null }
  })

  endpoints.register(contract.setImportMapping, async ({ tenant, params, body }) => {
    await remapImport(tenant, await found(tenant, params.id), body, clock.now())
    return shown(tenant, params.id)
  })

  endpoints.register(contract.applyImport, async ({ tenant, params, body, status }) => {
    const applied = await applyImport(deps, tenant, params.id, body.accounts, clock.now())
    if (applied.status === 'applying') status(202)
    return { id: params.id.toLowerCase(), ...applied }
  })

  endpoints.register(contract.undoImport, async ({ tenant, params }) => {
    await undoImport(tenant, params.id, clock.now())
    return shown(tenant, params.id)
  })
}

async function found(tenant: Tenant, id: string): Promise<queries.ImportRecord> {
  const record = await queries.findImport(tenant, id)
  if (!record) throw notFound('Import')
  return record
}

async function shown(tenant: Tenant, id: string): Promise<contract.Import> {
  const record = await found(tenant, id)
  return queries.importOf(record, destinationsOf(record, await queries.uploadContext(tenant)))
}

type UploadContext = Awaited<ReturnType<typeof queries.uploadContext>>

/** Where rows went or will go by themselves. */
function destinationsOf(
  record: queries.ImportRecord,
  { accounts, sources }: UploadContext,
): Record<string, string> {
  const fallback = accounts.find((account) => account.id === record.fallback_account_id) ?? null
  // Accounts that are kept from the caller since are not told.
  const known = new Set(accounts.map(({ id }) => id))
  const went = Object.entries(record.targets).filter(([, id]) => known.has(id))
  return { ...targetsOf(record.accounts, { accounts, sources, fallback }), ...Object.fromEntries(went) }
}

/** Reads the parts of the upload, in whatever order they come. */
async function uploadOf(request: FastifyRequest): Promise<Upload> {
  if (!request.isMultipart()) {
    throw new AppError('unsupported_media_type', {
      detail: 'Send multipart/form-data with a part called file',
    })
  }
  let file: { content: Buffer; name: string } | null = null
  const fields: Record<string, string> = {}
  for await (const part of partsOf(request)) {
    if (part.type === 'file') {
      const content = await part.toBuffer().catch((error: unknown) => {
        throw uploadError(error)
      })
      if (part.fieldname !== 'file') throw unknownPart(part)
      file = { content, name: part.filename }
    } else if (part.fieldname === 'accountId' || part.fieldname === 'mapping') {
      fields[part.fieldname] = String(part.value)
    } else throw unknownPart(part)
  }
  if (!file) throw refusedField('file', 'Send the statement as a part called file')
  return {
    content: file.content,
    fileName: file.name,
    accountId: accountIdOf(fields['accountId']),
    mapping: mappingOf(fields['mapping']),
    idempotencyKey: idempotencyKeyOf(request) ?? null,
  }
}

async function* partsOf(request: FastifyRequest): AsyncGenerator<Multipart> {
  try {
    yield* request.parts()
  } catch (error) {
    throw uploadError(error)
  }
}

function accountIdOf(text: string | undefined): string | null {
  if (text === undefined || text === '') return null
  const parsed = z.guid().safeParse(text)
  if (!parsed.success) throw refusedField('accountId', 'Not a UUID')
  return parsed.data.toLowerCase()
}

function mappingOf(text: string | undefined): CsvMapping | null {
  if (text === undefined || text === '') return null
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refusedField('mapping', 'Not valid JSON')
  }
  const parsed = CsvMapping.safeParse(value)
  if (parsed.success) return parsed.data
  throw new AppError('invalid_request', {
    detail: 'The mapping is not as the contract asks',
    fields: parsed.error.issues.map((issue) => ({
      path: ['mapping', ...issue.path].join('.'),
      message: issue.message,
    })),
  })
}

function unknownPart(part: Multipart): AppError {
  return refusedField(part.fieldname, 'Unknown part; file, accountId and mapping are known')
}

function refusedField(path: string, message: string): AppError {
  return new AppError('invalid_request', {
    detail: 'The upload is not as the contract asks',
    fields: [{ path, message }],
  })
}

/** What the parser of uploads throws without a code of its own is a body that ends early or is garbled. */
function uploadError(error: unknown): unknown {
  if (error instanceof AppError) return error
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'FST_REQ_FILE_TOO_LARGE') {
    return new AppError('payload_too_large', { detail: `A file may have ${MAX_FILE_BYTES / 1024 / 1024} MB` })
  }
  if (code === 'FST_FILES_LIMIT') return refusedField('file', 'Send one file')
  if (typeof code === 'string') return error
  return new AppError('invalid_request', {
    detail: 'The upload is not one whole multipart body',
    cause: error,
  })
}

function rowNumber(cursor: string): number {
  if (!/^\d{1,9}$/.test(cursor)) throw badCursor()
  return Number(cursor)
}

function writeCursor(after: { createdAt: string; id: string }): string {
  return Buffer.from(JSON.stringify([after.createdAt, after.id])).toString('base64url')
}

const Cursor = z.tuple([z.iso.datetime(), z.guid()])

function readCursor(cursor: string): { createdAt: string; id: string } {
  try {
    const [createdAt, id] = Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { createdAt, id }
  } catch {
    throw badCursor()
  }
}

function badCursor(): AppError {
  return new AppError('invalid_request', {
    detail: 'This cursor is not one of ours',
    fields: [{ path: 'cursor', message: 'Unknown cursor' }],
  })
}
