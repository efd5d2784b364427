/**
 * An operator's look into a workspace that let them in: reading only, as a viewer, 30 minutes at most, and over with the
 * workspace's consent, which each request asks for anew. Its audit log says who came and when they left.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AuditEvent } from '@chronos/contracts/audit'
import { AppError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Tenancy, Tenant } from '../../platform/tenancy.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane } from '../../platform/control.ts'
import type { EventBus } from '../../platform/events.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { recordAuditEvent } from '../audit/audit.service.ts'
import { sessionEndedChannel } from '../events/events.service.ts'
import { insertAct, type ActingOperator } from './acts.queries.ts'
import * as queries from './support.queries.ts'
import { findOwn } from './tenant-own.queries.ts'
import { findTenant } from './tenants.queries.ts'

export interface SupportDeps {
  control: ControlPlane
  tenancy: Tenancy
  bus: EventBus
  clock: Clock
}

/** What a support session's token begins with. */
export const SUPPORT_PREFIX = 'chs_'
const LIFETIME_MS = 30 * 60_000
/** Nobody of the workspace. */
const NOBODY = '00000000-0000-0000-0000-000000000000'
/** What a viewer reads; with scopes, nothing that a person does for themselves is open. */
const SCOPES = ['ledger.read', 'members.read', 'whatsapp.read'] as const

/** @throws AppError not_found, forbidden without the workspace's consent */
export async function startSupport(
  deps: SupportDeps,
  tenantId: string,
  by: ActingOperator & { operatorId: string },
): Promise<{ accessToken: string; expiresAt: string }> {
  const now = deps.clock.now()
  const known = await findTenant(deps.control, tenantId)
  if (!known) throw new AppError('not_found', { detail: 'Tenant not found' })
  const until = await consentUntil(deps, tenantId)
  if (until === null || until <= now) {
    throw new AppError('forbidden', {
      detail: 'This workspace lets nobody in: its people allow it, under Support',
    })
  }
  const secret = randomBytes(32).toString('base64url')
  const id = newId()
  const expiresAt = new Date(Math.min(now.getTime() + LIFETIME_MS, until.getTime()))
  await deps.control.transaction(async (control) => {
    const session = { id, secretHash: hashOf(secret), operatorId: by.operatorId, tenantId, expiresAt }
    await queries.insertSupport(control, session, now)
    await insertAct(control, by, { act: 'support.started', tenantId, detail: null }, now)
  })
  await tell(deps, tenantId, id, 'support.started', { operator: by.name, expiresAt }, by)
  return { accessToken: `${SUPPORT_PREFIX}${id}.${secret}`, expiresAt: expiresAt.toISOString() }
}

/** Who a support token is. @throws AppError unauthenticated once it is over */
export async function supportCaller(deps: SupportDeps, token: string): Promise<Caller> {
  const match = /^chs_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/.exec(token)
  const session = match?.[1] === undefined ? null : await queries.findSupport(deps.control, match[1])
  if (!session || !sameHash(session.secret_hash, hashOf(match?.[2] ?? ''))) throw over()
  const reason = await reasonToEnd(deps, session)
  if (reason !== null) {
    await end(deps, session, reason)
    throw over()
  }
  return {
    kind: 'support',
    sessionId: session.id,
    identityId: NOBODY,
    tenantId: session.tenant_id,
    userId: NOBODY,
    role: 'viewer',
    scopes: SCOPES,
    emailVerified: false,
    provedAt: 0,
    secondFactorMissing: false,
    hiddenAccounts: [],
    readOnly: true,
  }
}

/** Whether a support session's streams go on. */
export async function isSupportActive(deps: SupportDeps, sessionId: string): Promise<boolean> {
  const session = await queries.findSupport(deps.control, sessionId)
  return session !== null && (await reasonToEnd(deps, session)) === null
}

/** Ends those whose time is over, and, where one is named, all of an operator who signs out. */
export async function endSupportSessions(
  deps: SupportDeps,
  of: { operatorId: string } | 'over',
): Promise<void> {
  const sessions = await queries.listOver(deps.control, of === 'over' ? { now: deps.clock.now() } : of)
  for (const session of sessions) await end(deps, session, of === 'over' ? 'time is over' : 'signed out')
}

async function reasonToEnd(deps: SupportDeps, session: queries.SupportRow): Promise<string | null> {
  const now = deps.clock.now()
  if (now >= new Date(session.expires_at)) return 'time is over'
  const until = await consentUntil(deps, session.tenant_id)
  return until === null || now >= until ? 'consent ended' : null
}

async function consentUntil(deps: SupportDeps, tenantId: string): Promise<Date | null> {
  const own = await operatorIn(deps, tenantId).bulk(findOwn)
  return own?.support_until ? new Date(own.support_until) : null
}

async function end(deps: SupportDeps, session: queries.SupportRow, reason: string): Promise<void> {
  if (!(await queries.endSupport(deps.control, session.id, reason, deps.clock.now()))) return
  deps.bus.poke(sessionEndedChannel(session.id))
  const details = { operator: session.operator_name, reason }
  await tell(deps, session.tenant_id, session.id, 'support.ended', details)
}

async function tell(
  deps: SupportDeps,
  tenantId: string,
  sessionId: string,
  action: AuditEvent,
  after: Record<string, unknown>,
  by?: ActingOperator,
): Promise<void> {
  await operatorIn(deps, tenantId, sessionId, by).bulk((tx) =>
    recordAuditEvent(tx, { action, entity: 'tenants', entityId: tenantId, after, at: deps.clock.now() }),
  )
}

function operatorIn(
  deps: SupportDeps,
  tenantId: string,
  sessionId: string | null = null,
  by?: ActingOperator,
): Tenant {
  return deps.tenancy.enter({
    tenantId,
    actor: { type: 'operator', userId: null },
    requestId: by?.requestId ?? null,
    sessionId,
    ip: by?.ip ?? null,
  })
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function sameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function over(): AppError {
  return new AppError('unauthenticated', { detail: 'This look into the workspace is over' })
}
