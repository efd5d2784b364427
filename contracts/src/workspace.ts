/** A workspace: its settings, its plan, and its end. Its people are in members.ts. */
import { z } from 'zod'
import { Locale, TimeZone } from './auth.ts'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { Version } from './ids.ts'
import { Currency } from './money.ts'
import { lineOf } from './text.ts'

/** What a plan limits. Null is no limit. */
export const PlanLimits = z
  .object({
    members: z.int().positive().nullable(),
    accounts: z.int().positive().nullable(),
    transactionsPerMonth: z.int().positive().nullable(),
    storageBytes: z.int().positive().nullable(),
    whatsappMessagesPerMonth: z.int().positive().nullable(),
  })
  .meta({ id: 'PlanLimits' })
export type PlanLimits = z.infer<typeof PlanLimits>
export type PlanLimit = keyof PlanLimits

/** What a plan opens or closes. */
export const FEATURES = ['whatsapp', 'imports', 'exports', 'apiTokens'] as const
export type Feature = (typeof FEATURES)[number]
export const Features = z.record(z.enum(FEATURES), z.boolean()).meta({ id: 'Features' })

export const Usage = z
  .object({
    limit: z.int().nullable(),
    used: z.int(),
    warning: z.boolean().meta({ description: 'Four fifths of the limit or more' }),
  })
  .meta({ id: 'Usage' })

export const Workspace = z
  .object({
    id: z.string(),
    name: z.string(),
    currency: z.string(),
    locale: z.string(),
    timezone: z.string(),
    requireSecondFactor: z.boolean(),
    idleMinutes: z
      .int()
      .nullable()
      .meta({ description: 'Sessions unused for so long end; null: after 14 days' }),
    plan: z.object({ id: z.string(), name: z.string() }),
    usage: z.record(z.string(), Usage).meta({
      description:
        'By the names of the plan limits. Who is kept from an account does not see what counts accounts and their contents',
    }),
    features: Features,
    deletion: z
      .object({ requestedAt: Instant, deleteAfter: Instant, exportId: z.string().nullable() })
      .nullable(),
    supportAccess: z.object({ until: Instant, reason: z.string() }).nullable(),
    createdAt: Instant,
    version: Version,
  })
  .meta({ id: 'Workspace' })
export type Workspace = z.infer<typeof Workspace>

const base = { tag: 'Workspace', auth: 'session' } as const

export const getWorkspace = endpoint({
  ...base,
  id: 'getWorkspace',
  method: 'GET',
  path: '/workspace',
  permission: 'ledger.read',
  summary: 'Settings, plan and use of the workspace',
  status: 200,
  response: Workspace,
})

export const WorkspaceUpdate = z.strictObject({
  name: lineOf(1, 120).optional(),
  locale: Locale.optional(),
  timezone: TimeZone.optional(),
  currency: Currency.optional().meta({ description: 'Of what is new; no amount is converted' }),
  requireSecondFactor: z.boolean().optional(),
  idleMinutes: z.int().min(5).max(20_160).nullish(),
})
export type WorkspaceUpdate = z.infer<typeof WorkspaceUpdate>

export const updateWorkspace = endpoint({
  ...base,
  id: 'updateWorkspace',
  method: 'PATCH',
  path: '/workspace',
  permission: 'workspace.update',
  summary: 'Change the settings of the workspace',
  body: WorkspaceUpdate,
  status: 200,
  response: Workspace,
  ifMatch: 'required',
  errors: ['second_factor_missing'],
})

export const WorkspaceCreate = z.strictObject({
  name: lineOf(1, 120),
  currency: Currency,
  locale: Locale,
  timezone: TimeZone,
})
export type WorkspaceCreate = z.infer<typeof WorkspaceCreate>

export const createWorkspace = endpoint({
  ...base,
  id: 'createWorkspace',
  method: 'POST',
  path: '/workspaces',
  permission: null,
  rate: 'register',
  verified: true,
  summary: 'Open a further workspace and become its owner; switch to it with /auth/switch',
  body: WorkspaceCreate,
  status: 201,
  response: z.object({ id: z.string(), name: z.string() }),
  errors: ['registration_closed', 'plan_limit'],
})

export const requestDeletion = endpoint({
  ...base,
  id: 'requestWorkspaceDeletion',
  method: 'POST',
  path: '/workspace/deletion',
  permission: 'workspace.delete',
  stepUp: true,
  summary:
    'Delete the workspace after 30 days; a full export is made first, and everybody reads on until then',
  body: z.strictObject({
    name: z.string().max(200).meta({ description: 'The name of the workspace, typed again' }),
  }),
  status: 202,
  response: Workspace,
  errors: ['invalid_request'],
})

export const cancelDeletion = endpoint({
  ...base,
  id: 'cancelWorkspaceDeletion',
  method: 'DELETE',
  path: '/workspace/deletion',
  permission: 'workspace.delete',
  summary: 'Keep the workspace after all',
  status: 200,
  response: Workspace,
  errors: ['conflict'],
})

export const allowSupport = endpoint({
  ...base,
  id: 'allowSupportAccess',
  method: 'POST',
  path: '/workspace/support-access',
  permission: 'support.consent',
  stepUp: true,
  summary:
    'Let the operators of this server look into the workspace for some hours, reading only; the audit log shows it',
  body: z.strictObject({ hours: z.int().min(1).max(72), reason: lineOf(1, 300) }),
  status: 200,
  response: Workspace,
})

export const endSupport = endpoint({
  ...base,
  id: 'endSupportAccess',
  method: 'DELETE',
  path: '/workspace/support-access',
  permission: 'support.consent',
  summary: 'End the access of the operators at once',
  status: 200,
  response: Workspace,
})
