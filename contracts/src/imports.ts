import { z } from 'zod'
import { CsvMapping } from './csv-mapping.ts'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams } from './ids.ts'
import { TotalMinor } from './money.ts'
import { page, PageQuery } from './pagination.ts'

export const IMPORT_STATUSES = [
  'ready',
  'needs_mapping',
  'applying',
  'applied',
  'undoing',
  'undone',
  'failed',
] as const
export const ImportStatus = z.enum(IMPORT_STATUSES)
export type ImportStatus = z.infer<typeof ImportStatus>

export const ImportAccount = z.object({
  key: z
    .string()
    .meta({ description: 'Names the account inside this file; default where the file names none' }),
  number: z.string().nullable(),
  currency: z
    .string()
    .nullable()
    .meta({ description: "null: the file does not say; the target account's is taken" }),
  count: z.int(),
  sumMinor: TotalMinor,
  accountId: z.string().nullable().meta({ description: 'Where rows of this account went last time' }),
})
export type ImportAccount = z.infer<typeof ImportAccount>

export const ImportIssue = z.object({
  line: z.int(),
  message: z.string(),
  code: z.string().optional(),
})
export type ImportIssue = z.infer<typeof ImportIssue>

export const Import = z
  .object({
    id: z.string(),
    status: ImportStatus,
    format: z.string().meta({ description: 'ofx or csv' }),
    fileName: z.string().nullable(),
    accounts: z.array(ImportAccount),
    counts: z.object({ new: z.int(), duplicate: z.int(), refused: z.int() }),
    errors: z.array(ImportIssue).meta({ description: 'Refused rows, the first 1,000' }),
    message: z
      .string()
      .nullable()
      .meta({ description: 'Said of a valid file without rows, or of a failure' }),
    mapping: CsvMapping.nullable().meta({ description: 'CSV: the layout, as guessed or as given' }),
    sample: z
      .array(z.array(z.string()))
      .nullable()
      .meta({ description: 'CSV: the first rows, cell by cell' }),
    progress: z
      .object({ done: z.int(), total: z.int() })
      .nullable()
      .meta({ description: 'While applying or undoing' }),
    created: z.int().nullable(),
    createdAt: Instant,
    appliedAt: Instant.nullable(),
  })
  .meta({ id: 'Import' })
export type Import = z.infer<typeof Import>

const base = { tag: 'Imports', auth: 'session' } as const

export const createImport = endpoint({
  ...base,
  id: 'createImport',
  method: 'POST',
  path: '/imports',
  permission: 'imports.write',
  rate: 'costly',
  summary: 'Upload a bank statement (OFX, QFX, CSV) and see what it holds; nothing is booked yet',
  bodyKind: 'multipart',
  body: z.object({
    file: z.string().meta({ format: 'binary' }),
    accountId: z
      .guid()
      .optional()
      .meta({ description: 'Fallback target, and the currency where the file names none' }),
    mapping: CsvMapping.optional().meta({ description: 'CSV only, as JSON; guessed when absent' }),
  }),
  idempotent: true,
  status: 201,
  response: Import,
  errors: [
    'plan_limit',
    'feature_off',
    'unreadable_file',
    'unsupported_format',
    'mapping_invalid',
    'payload_too_large',
  ],
})

export const listImports = endpoint({
  ...base,
  id: 'listImports',
  method: 'GET',
  path: '/imports',
  permission: 'ledger.read',
  summary: 'Imports, newest first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Import),
})

export const getImport = endpoint({
  ...base,
  id: 'getImport',
  method: 'GET',
  path: '/imports/{id}',
  permission: 'ledger.read',
  summary: 'One import',
  params: IdParams,
  status: 200,
  response: Import,
})

export const ImportRow = z.object({
  line: z.int(),
  key: z.string(),
  occurredOn: z.string(),
  amountMinor: z.int(),
  currency: z.string().nullable(),
  description: z.string(),
  payee: z.string().nullable(),
  categoryId: z.string().nullable().meta({ description: 'Where it will be booked' }),
  state: z.enum(['new', 'duplicate']),
})
export type ImportRow = z.infer<typeof ImportRow>

export const listImportRows = endpoint({
  ...base,
  id: 'listImportRows',
  method: 'GET',
  path: '/imports/{id}/rows',
  permission: 'ledger.read',
  summary: 'The preview: rows as they will be booked',
  params: IdParams,
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(ImportRow),
})

export const setImportMapping = endpoint({
  ...base,
  id: 'setImportMapping',
  method: 'PUT',
  path: '/imports/{id}/mapping',
  permission: 'imports.write',
  rate: 'costly',
  summary: 'Say how the columns of a CSV file are to be read',
  params: IdParams,
  body: CsvMapping,
  status: 200,
  response: Import,
  errors: ['import_already_applied', 'mapping_invalid', 'unreadable_file'],
})

export const ApplyAnswer = z
  .object({
    id: z.string(),
    status: ImportStatus,
    created: z.int(),
    duplicate: z.int(),
    accounts: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ImportApplied' })
export type ApplyAnswer = z.infer<typeof ApplyAnswer>

export const applyImport = endpoint({
  ...base,
  id: 'applyImport',
  method: 'POST',
  path: '/imports/{id}/apply',
  permission: 'imports.write',
  rate: 'costly',
  summary:
    'Book the rows: 200 when all are visible, 202 above 5,000 rows (poll the import). Repeating it changes nothing',
  params: IdParams,
  body: z.strictObject({
    accounts: z
      .record(z.string().max(200), z.union([z.guid(), z.literal('create')]))
      .refine((accounts) => Object.keys(accounts).length <= 1000, { error: 'At most 1,000 accounts' })
      .default({})
      .meta({
        description:
          'Per key an account, or create; keys left out take where they went last time, or the upload’s account',
      }),
  }),
  status: 200,
  otherwise: { 202: ApplyAnswer },
  response: ApplyAnswer,
  errors: [
    'plan_limit',
    'import_not_ready',
    'account_required',
    'currency_mismatch',
    'unknown_reference',
    'amount_overflow',
  ],
})

export const undoImport = endpoint({
  ...base,
  id: 'undoImport',
  method: 'POST',
  path: '/imports/{id}/undo',
  permission: 'imports.write',
  rate: 'costly',
  summary: 'Take the booked rows back; they are no duplicates later',
  params: IdParams,
  status: 200,
  response: Import,
  errors: ['import_not_ready'],
})
