/** Where a person is signed in and what happened to their sign-in: lists, and ending sessions from afar. */
import type { DeviceSession, SecurityEvent } from '@chronos/contracts/person'
import type { z } from 'zod'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import { AppError } from '../../platform/errors.ts'
import type { Caller } from '../../plugins/endpoints.ts'
import { deviceName } from './device.rules.ts'
import * as queries from './devices.queries.ts'
import type { Device } from './identity.service.ts'
import { recordPersonEvent } from './person-events.ts'
import { endSessionsOf } from './person.queries.ts'
import { IDLE_MS } from './sessions.rules.ts'
import { closeSession, forgetEnded, type SessionDeps } from './sessions.service.ts'

type PageOf<T> = { items: T[]; nextCursor: string | null }
interface PageAsked {
  limit: number
  cursor?: string | undefined
}

export async function listSessions(
  deps: SessionDeps,
  caller: Caller,
  { limit, cursor }: PageAsked,
): Promise<PageOf<DeviceSession>> {
  const [at = null, id = null] = decodeCursor(cursor, ['instant', 'uuid'])
  const now = deps.clock.now()
  const usedAfter = new Date(now.getTime() - IDLE_MS)
  const rows = await queries.listDeviceSessions(deps.control, caller, { limit, at, id }, now, usedAfter)
  return pageOf(
    rows,
    limit,
    (row) => ({
      id: row.id,
      device: deviceName(row.user_agent),
      ip: row.ip,
      tenantName: row.tenant_name,
      method: row.method,
      startedAt: row.created_at,
      lastSeenAt: row.last_seen_at,
      expiresAt: row.expires_at,
      current: row.id === caller.sessionId,
    }),
    (row) => [row.sort_at, row.id],
  )
}

export async function listSecurityEvents(
  deps: SessionDeps,
  caller: Caller,
  { limit, cursor }: PageAsked,
): Promise<PageOf<z.output<typeof SecurityEvent>>> {
  const [at = null, id = null] = decodeCursor(cursor, ['instant', 'uuid'])
  const rows = await queries.listSecurityEvents(deps.control, caller.identityId, { limit, at, id })
  return pageOf(
    rows,
    limit,
    (row) => ({
      id: row.id,
      at: row.at,
      event: row.event,
      ip: row.ip,
      device: row.user_agent === null ? null : deviceName(row.user_agent),
    }),
    (row) => [row.at, row.id],
  )
}

/** Ends one session of the person, this one or another. @throws AppError not_found */
export async function endSession(
  deps: SessionDeps,
  caller: Caller,
  sessionId: string,
  device: Device,
): Promise<void> {
  const session = await queries.findOwnSession(deps.control, caller.identityId, sessionId.toLowerCase())
  if (!session) throw new AppError('not_found', { detail: 'You have no such session' })
  if (!(await closeSession(deps, session.id, 'ended by its person'))) return
  const ended = { sessionId: session.id, tenantId: session.tenant_id, userId: session.user_id }
  await recordPersonEvent(deps, 'session.ended', caller.identityId, ended, device)
}

/** @returns how many ended */
export async function endOtherSessions(deps: SessionDeps, caller: Caller, device: Device): Promise<number> {
  const { identityId, sessionId } = caller
  const ended = await deps.control.transaction((control) =>
    endSessionsOf(control, identityId, sessionId, 'ended by its person', deps.clock.now()),
  )
  await forgetEnded(deps, ended)
  if (ended.length > 0)
    await recordPersonEvent(deps, 'session.ended', identityId, caller, device, { others: ended.length })
  return ended.length
}
