/** Everything of a workspace, or of a person, as a file to take away: JSON and CSV in a ZIP. */
import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { IdParams } from './ids.ts'
import { page, PageQuery } from './pagination.ts'

export const DataExport = z
  .object({
    id: z.string(),
    status: z.enum(['waiting', 'running', 'ready', 'failed', 'expired']),
    sizeBytes: z.int().nullable(),
    requestedBy: z.string().nullable(),
    createdAt: Instant,
    readyAt: Instant.nullable(),
    expiresAt: Instant.nullable().meta({ description: 'The file is deleted then' }),
  })
  .meta({ id: 'DataExport' })
export type DataExport = z.infer<typeof DataExport>

const base = { tag: 'Exports', auth: 'session' } as const

export const createExport = endpoint({
  ...base,
  id: 'createExport',
  method: 'POST',
  path: '/exports',
  permission: 'ledger.export',
  verified: true,
  rate: 'costly',
  summary: 'Make a file of all that the caller may see in the workspace; poll it until it is ready',
  status: 202,
  response: DataExport,
  errors: ['feature_off', 'conflict'],
})

export const listExports = endpoint({
  ...base,
  id: 'listExports',
  method: 'GET',
  path: '/exports',
  permission: 'ledger.export',
  summary: 'Exports of the caller, newest first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(DataExport),
})

export const getExport = endpoint({
  ...base,
  id: 'getExport',
  method: 'GET',
  path: '/exports/{id}',
  permission: 'ledger.export',
  summary: 'One export of the caller',
  params: IdParams,
  status: 200,
  response: DataExport,
})

export const downloadExport = endpoint({
  ...base,
  id: 'downloadExport',
  method: 'GET',
  path: '/exports/{id}/file',
  permission: 'ledger.export',
  verified: true,
  rate: 'costly',
  summary: 'The file: a ZIP of JSON and of CSV that no spreadsheet takes for formulas',
  params: IdParams,
  status: 200,
  response: z.string().meta({ format: 'binary' }),
  responseKind: 'file',
  resumable: true,
  errors: ['not_ready'],
})
