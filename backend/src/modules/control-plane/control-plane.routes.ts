import * as contract from '@chronos/contracts/control'
import type { FastifyRequest } from 'fastify'
import { pageOf } from '../../platform/cursor.ts'
import { AppError } from '../../platform/errors.ts'
import type { Endpoints, OperatorCaller } from '../../plugins/endpoints.ts'
import { beginOperatorAttempt } from '../identity/sign-in.service.ts'
import { listActs } from './acts.queries.ts'
import { checkBillingSignature } from './billing.rules.ts'
import type { OperatorSessions } from './operator-session.ts'
import {
  signInOperator,
  signOutOperator,
  type OperatorDeps,
  type SignedInOperator,
} from './operators.service.ts'
import { endSessions } from './persons.service.ts'
import { endSupportSessions, startSupport } from './support.service.ts'
import { listPlans, listTenants } from './tenants.queries.ts'
import * as service from './tenants.service.ts'

export interface ControlPlaneDeps extends service.TenantDeps, OperatorDeps {
  /** Whether wrong sign-ins are counted. */
  rateLimits: boolean
  sessions: OperatorSessions
  /** A billing system signs with one of them; without any it may not set plans. */
  billingSecrets: readonly string[]
}

export function registerControlPlaneRoutes(endpoints: Endpoints, deps: ControlPlaneDeps): void {
  const { control, clock, sessions } = deps

  const answerOf = ({ operator, sessionId, expiresAt }: SignedInOperator): contract.OperatorSession => ({
    operator: {
      id: operator.id,
      name: operator.name,
      email: operator.email,
      createdAt: operator.created_at,
      lastSeenAt: operator.last_seen_at,
    },
    csrfToken: sessions.csrfToken(sessionId),
    expiresAt: expiresAt.toISOString(),
  })

  endpoints.register(contract.operatorLogin, async ({ body, request, reply }) => {
    const device = { ip: request.ip, userAgent: request.headers['user-agent'] ?? null }
    const who = { email: body.email, ip: request.ip }
    const attempt = deps.rateLimits ? await beginOperatorAttempt(deps.store, who) : null
    const signedIn = await signInOperator(deps, body, device)
    await attempt?.succeeded()
    sessions.setCookie(reply, signedIn.token)
    return { ...answerOf(signedIn), ...(body.includeToken ? { token: signedIn.token } : {}) }
  })

  endpoints.register(contract.operatorLogout, async ({ operator, request, reply }) => {
    await endSupportSessions(deps, { operatorId: operator.operatorId })
    await signOutOperator(deps, operator.sessionId, byOperator(operator, request))
    sessions.clearCookie(reply)
    return undefined
  })

  endpoints.register(contract.operatorMe, async ({ request }) => answerOf(await sessions.read(request)))

  endpoints.register(contract.controlListTenants, async ({ query }) =>
    pageOf(await listTenants(control, query), query.limit, service.tenantOf, (row) => [
      row.created_at,
      row.tenant_id,
    ]),
  )

  endpoints.register(contract.controlGetTenant, ({ params }) => service.getTenant(deps, params.id))

  endpoints.register(contract.controlCreateTenant, ({ body, operator, request }) =>
    service.createTenant(deps, body, byOperator(operator, request)),
  )

  endpoints.register(contract.controlSuspendTenant, ({ params, body, operator, request }) =>
    service.suspendTenant(deps, idOf(params), body.reason, byOperator(operator, request)),
  )

  endpoints.register(contract.controlResumeTenant, ({ params, operator, request }) =>
    service.resumeTenant(deps, idOf(params), byOperator(operator, request)),
  )

  endpoints.register(contract.controlLimitTenant, ({ params, body, operator, request }) =>
    service.limitTenant(deps, idOf(params), body, byOperator(operator, request)),
  )

  endpoints.register(contract.controlSetPlan, async ({ params, request }) => {
    const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const header = request.headers['x-chronos-signature']
    if (header === undefined) {
      const by = byOperator(await sessions.authenticate(request), request)
      return service.setPlan(deps, idOf(params), planIn(raw), by)
    }
    const signature = checkBillingSignature(deps.billingSecrets, header, raw, clock.now())
    if (signature === null) {
      throw new AppError('unauthenticated', {
        detail: 'X-Chronos-Signature does not fit the body, or is older than five minutes',
      })
    }
    const by = { operatorId: null, name: 'billing', ip: request.ip, requestId: request.id }
    return service.setPlan(deps, idOf(params), planIn(raw), by, signature)
  })

  endpoints.register(contract.controlListPlans, async ({ query }) =>
    pageOf(await listPlans(control, query.limit, query.cursor), query.limit, service.planOfRow, (row) => [
      row.id,
    ]),
  )

  endpoints.register(contract.controlPutPlan, ({ params, body, operator, request }) => {
    const { isDefault, ...rest } = body
    const plan = { ...rest, id: params.planId, is_default: isDefault }
    return service.putPlan(deps, plan, byOperator(operator, request))
  })

  endpoints.register(contract.controlSupportSession, ({ params, operator, request }) => {
    const by = { ...byOperator(operator, request), operatorId: operator.operatorId }
    return startSupport(deps, idOf(params), by)
  })

  endpoints.register(contract.controlEndSessions, ({ body, operator, request }) =>
    endSessions(deps, body, byOperator(operator, request)),
  )

  endpoints.register(contract.controlListActs, async ({ query }) =>
    pageOf(
      await listActs(control, query),
      query.limit,
      (row) => ({
        id: row.id,
        at: row.at,
        operator: row.operator_id === null ? null : row.operator_name,
        act: row.act,
        tenantId: row.tenant_id,
        detail: row.detail,
        ip: row.ip,
      }),
      (row) => [row.at, row.id],
    ),
  )
}

function byOperator(operator: OperatorCaller, request: FastifyRequest): service.ActingOperator {
  return { operatorId: operator.operatorId, name: operator.name, ip: request.ip, requestId: request.id }
}

/** As ids are written here, whatever case they came in. */
function idOf({ id }: { id: string }): string {
  return id.toLowerCase()
}

/** The body that was signed, read. @throws AppError invalid_request */
function planIn(raw: Buffer): { planId: string; reference?: string | undefined } {
  let value: unknown
  try {
    value = JSON.parse(raw.toString('utf8'))
  } catch {
    throw new AppError('invalid_request', { detail: 'The body is no valid JSON' })
  }
  const parsed = contract.controlSetPlan.body.safeParse(value)
  if (parsed.success) return parsed.data
  throw new AppError('invalid_request', {
    detail: 'The body is not as the contract asks',
    fields: parsed.error.issues
      .slice(0, 20)
      .map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  })
}
