/** A person's own data (LGPD, GDPR): consent, export over all their workspaces, erasure; a workspace's retention. */
import { z } from 'zod'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { DataExport } from './exports.ts'
import { IdParams, Version } from './ids.ts'
import { page, PageQuery } from './pagination.ts'

const base = { tag: 'Privacy', auth: 'session', permission: null } as const

/** What is agreed to, and in which version of its text. */
export const CONSENT_KINDS = ['terms', 'privacy', 'whatsapp_processing', 'product_mail'] as const
export const Consent = z
  .object({
    kind: z.enum(CONSENT_KINDS),
    version: z.string(),
    given: z.boolean(),
    at: Instant,
  })
  .meta({ id: 'Consent' })
export type Consent = z.infer<typeof Consent>

export const listConsents = endpoint({
  ...base,
  id: 'listConsents',
  method: 'GET',
  path: '/me/consents',
  summary: 'What the person has agreed to or taken back, newest first; nothing is overwritten',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Consent),
})

export const recordConsent = endpoint({
  ...base,
  id: 'recordConsent',
  method: 'POST',
  path: '/me/consents',
  summary: 'Give or take back a consent',
  body: z.strictObject({ kind: z.enum(CONSENT_KINDS), given: z.boolean() }),
  status: 201,
  response: Consent,
})

export const createPersonalExport = endpoint({
  ...base,
  id: 'createPersonalExport',
  method: 'POST',
  path: '/me/exports',
  verified: true,
  stepUp: true,
  rate: 'costly',
  summary: 'Make a file of all that is kept about the person, in all their workspaces',
  status: 202,
  response: DataExport,
  errors: ['conflict'],
})

export const listPersonalExports = endpoint({
  ...base,
  id: 'listPersonalExports',
  method: 'GET',
  path: '/me/exports',
  summary: 'Files of the person, newest first',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(DataExport),
})

export const downloadPersonalExport = endpoint({
  ...base,
  id: 'downloadPersonalExport',
  method: 'GET',
  path: '/me/exports/{id}/file',
  rate: 'costly',
  summary: 'The file, a ZIP of JSON and CSV',
  params: IdParams,
  status: 200,
  response: z.string().meta({ format: 'binary' }),
  responseKind: 'file',
  resumable: true,
  errors: ['not_ready'],
})

export const eraseMe = endpoint({
  ...base,
  id: 'erasePerson',
  method: 'POST',
  path: '/me/erasure',
  stepUp: true,
  rate: 'authentication',
  summary:
    'Erase the person: their keys are destroyed, so that what audit rows, messages and files say of them can never be read again. Books of shared workspaces stay. Cannot be undone',
  body: z.strictObject({ email: z.string().max(254).meta({ description: 'The own e-mail, typed again' }) }),
  status: 204,
  response: null,
  errors: ['last_owner', 'invalid_request'],
})

/** Days that each kind of data is kept; null is for ever. */
export const Retention = z
  .object({
    whatsappMessagesDays: z.int().min(30).max(3650).nullable(),
    auditLogsDays: z.int().min(365).max(3650).nullable(),
    importFilesDays: z.int().min(1).max(365),
    deletedTransactionsDays: z.int().min(30).max(3650).nullable(),
    version: Version,
  })
  .meta({ id: 'Retention' })
export type Retention = z.infer<typeof Retention>

export const getRetention = endpoint({
  tag: 'Privacy',
  auth: 'session',
  permission: 'ledger.read',
  id: 'getRetention',
  method: 'GET',
  path: '/workspace/retention',
  summary: 'How long each kind of data is kept',
  status: 200,
  response: Retention,
})

export const updateRetention = endpoint({
  tag: 'Privacy',
  auth: 'session',
  permission: 'workspace.update',
  stepUp: true,
  id: 'updateRetention',
  method: 'PATCH',
  path: '/workspace/retention',
  summary: 'Change how long data is kept; a job applies it once a day',
  body: z.strictObject(Retention.omit({ version: true }).partial().shape),
  status: 200,
  response: Retention,
  ifMatch: 'required',
})
