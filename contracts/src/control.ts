/**
 * The control plane, for operators of a server: tenants, plans, use. It tells counts, never money or texts. Operators
 * are no users of any workspace; they sign in here, always with a second factor.
 */
import { z } from 'zod'
import { Email, Locale, TimeZone } from './auth.ts'
import { Instant } from './dates.ts'
import { endpoint } from './endpoint.ts'
import { TotpCode } from './factors.ts'
import { IdParams, Version } from './ids.ts'
import { Currency } from './money.ts'
import { page, PageQuery } from './pagination.ts'
import { lineOf, paragraphOf } from './text.ts'
import { Features, PlanLimits, Usage } from './workspace.ts'

const base = { tag: 'Control plane', auth: 'operator', permission: null } as const

export const Operator = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    createdAt: Instant,
    lastSeenAt: Instant.nullable(),
  })
  .meta({ id: 'Operator' })
export type Operator = z.infer<typeof Operator>

export const OperatorSession = z
  .object({
    operator: Operator,
    csrfToken: z.string(),
    expiresAt: Instant,
    token: z.string().optional().meta({ description: 'Only where includeToken was true' }),
  })
  .meta({ id: 'OperatorSession' })
export type OperatorSession = z.infer<typeof OperatorSession>

export const operatorLogin = endpoint({
  tag: 'Control plane',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  id: 'operatorLogin',
  method: 'POST',
  path: '/control/sessions',
  summary: 'Sign in as an operator: e-mail, password and a code of the authenticator app, all three at once',
  body: z.strictObject({
    email: Email,
    password: z.string().min(1).max(256),
    code: TotpCode,
    includeToken: z.boolean().default(false),
  }),
  status: 201,
  response: OperatorSession,
  errors: ['invalid_credentials'],
})

export const operatorLogout = endpoint({
  ...base,
  id: 'operatorLogout',
  method: 'DELETE',
  path: '/control/sessions/current',
  summary: 'End the session of the operator at once',
  status: 204,
  response: null,
})

export const operatorMe = endpoint({
  ...base,
  id: 'getOperator',
  method: 'GET',
  path: '/control/me',
  summary: 'The signed-in operator',
  status: 200,
  response: OperatorSession,
})

export const TENANT_STATES = ['active', 'suspended', 'deleting'] as const
export const ControlTenant = z
  .object({
    id: z.string(),
    name: z.string(),
    status: z.enum(TENANT_STATES),
    suspendedReason: z.string().nullable(),
    planId: z.string(),
    limits: PlanLimits.meta({ description: 'Of the plan, with what was set for this tenant alone' }),
    features: Features,
    usage: z.record(z.string(), Usage),
    usageAt: Instant.nullable(),
    supportUntil: Instant.nullable(),
    deleteAfter: Instant.nullable(),
    createdAt: Instant,
    lastActiveAt: Instant.nullable(),
    version: Version,
  })
  .meta({ id: 'ControlTenant' })
export type ControlTenant = z.infer<typeof ControlTenant>

export const controlListTenants = endpoint({
  ...base,
  id: 'controlListTenants',
  method: 'GET',
  path: '/control/tenants',
  summary: 'Tenants, newest first',
  query: z.strictObject({
    ...PageQuery,
    q: z.string().max(120).optional().meta({ description: 'Beginning of a name, or an id' }),
    status: z.enum(TENANT_STATES).optional(),
  }),
  status: 200,
  response: page(ControlTenant),
})

export const controlGetTenant = endpoint({
  ...base,
  id: 'controlGetTenant',
  method: 'GET',
  path: '/control/tenants/{id}',
  summary: 'One tenant',
  params: IdParams,
  status: 200,
  response: ControlTenant,
})

export const TenantCreate = z.strictObject({
  name: lineOf(1, 120),
  ownerEmail: Email,
  currency: Currency,
  locale: Locale,
  timezone: TimeZone,
  planId: z.string().max(40).optional(),
})
export type TenantCreate = z.infer<typeof TenantCreate>

export const controlCreateTenant = endpoint({
  ...base,
  id: 'controlCreateTenant',
  method: 'POST',
  path: '/control/tenants',
  summary: 'Make a tenant and send its owner an invitation',
  body: TenantCreate,
  status: 201,
  response: ControlTenant,
  errors: ['unknown_reference'],
})

export const controlSuspendTenant = endpoint({
  ...base,
  id: 'controlSuspendTenant',
  method: 'POST',
  path: '/control/tenants/{id}/suspend',
  summary: 'Suspend a tenant: all its sessions and tokens stop at once, nothing is lost',
  params: IdParams,
  body: z.strictObject({ reason: lineOf(1, 300) }),
  status: 200,
  response: ControlTenant,
  errors: ['conflict'],
})

export const controlResumeTenant = endpoint({
  ...base,
  id: 'controlResumeTenant',
  method: 'POST',
  path: '/control/tenants/{id}/resume',
  summary: 'Let a suspended tenant go on',
  params: IdParams,
  status: 200,
  response: ControlTenant,
  errors: ['conflict'],
})

export const controlLimitTenant = endpoint({
  ...base,
  id: 'controlLimitTenant',
  method: 'PUT',
  path: '/control/tenants/{id}/limits',
  summary: 'Set limits and features of one tenant, in place of those of its plan',
  params: IdParams,
  body: z.strictObject({
    limits: z.strictObject(PlanLimits.partial().shape),
    features: z.partialRecord(z.enum(['whatsapp', 'imports', 'exports', 'apiTokens']), z.boolean()),
  }),
  status: 200,
  response: ControlTenant,
})

export const controlSetPlan = endpoint({
  tag: 'Control plane',
  auth: 'public',
  permission: null,
  rate: 'authentication',
  id: 'controlSetPlan',
  method: 'POST',
  path: '/control/tenants/{id}/plan',
  summary:
    'Set the plan of a tenant, as a billing system: X-Chronos-Signature is `t=<seconds>,v1=<HMAC-SHA-256 of "<t>.<body>">` under BILLING_SECRET, at most five minutes old. An operator signs in instead',
  params: IdParams,
  bodyKind: 'raw',
  maxBodyBytes: 64 * 1024,
  body: z.strictObject({ planId: z.string().min(1).max(40), reference: z.string().max(200).optional() }),
  status: 200,
  response: ControlTenant,
  errors: ['unauthenticated', 'unknown_reference'],
})

export const Plan = z
  .object({
    id: z.string(),
    name: z.string(),
    limits: PlanLimits,
    features: Features,
    isDefault: z.boolean(),
    tenants: z.int().meta({ description: 'How many are on it' }),
    version: Version,
  })
  .meta({ id: 'Plan' })
export type Plan = z.infer<typeof Plan>

export const controlListPlans = endpoint({
  ...base,
  id: 'controlListPlans',
  method: 'GET',
  path: '/control/plans',
  summary: 'Plans by id',
  query: z.strictObject(PageQuery),
  status: 200,
  response: page(Plan),
})

export const controlPutPlan = endpoint({
  ...base,
  id: 'controlPutPlan',
  method: 'PUT',
  path: '/control/plans/{planId}',
  summary: 'Make a plan or change it, for all tenants on it',
  params: z.strictObject({
    planId: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, { error: 'Lower-case, digits, -' }),
  }),
  body: z.strictObject({
    name: lineOf(1, 60),
    limits: PlanLimits,
    features: Features,
    isDefault: z.boolean().default(false),
  }),
  status: 200,
  response: Plan,
})

export const controlSupportSession = endpoint({
  ...base,
  id: 'controlSupportSession',
  method: 'POST',
  path: '/control/tenants/{id}/support-session',
  summary:
    'Look into a tenant that consented, reading only, for 30 minutes or until the consent ends. Its audit log shows who and when',
  params: IdParams,
  status: 201,
  response: z.object({ accessToken: z.string(), expiresAt: Instant }).meta({ id: 'SupportSession' }),
  errors: ['forbidden'],
})

export const controlEndSessions = endpoint({
  ...base,
  id: 'controlEndSessions',
  method: 'POST',
  path: '/control/persons/end-sessions',
  summary:
    'End all sessions of one person at once, in every workspace, and their API tokens where that is asked. The person gets a mail, and the audit logs of those workspaces show it',
  body: z.strictObject({
    email: Email,
    reason: lineOf(1, 300),
    tokens: z.boolean().default(false).meta({ description: 'End their API tokens too' }),
  }),
  status: 200,
  response: z.object({ sessions: z.int(), tokens: z.int() }).meta({ id: 'EndedSessions' }),
  errors: ['not_found'],
})

export const OperatorAct = z
  .object({
    id: z.string(),
    at: Instant,
    operator: z.string().nullable().meta({ description: 'Null: the billing system or the command line' }),
    act: z.string(),
    tenantId: z.string().nullable(),
    detail: paragraphOf(1000).nullable(),
    ip: z.string().nullable(),
  })
  .meta({ id: 'OperatorAct' })

export const controlListActs = endpoint({
  ...base,
  id: 'controlListActs',
  method: 'GET',
  path: '/control/acts',
  summary: 'What operators did, newest first',
  query: z.strictObject({ ...PageQuery, tenantId: z.guid().optional() }),
  status: 200,
  response: page(OperatorAct),
})
