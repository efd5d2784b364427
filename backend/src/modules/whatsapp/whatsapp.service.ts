/** What a signed-in person does with WhatsApp on the web: link codes, and untying a chat. */
import { randomBytes } from 'node:crypto'
import type { LinkCode } from '@chronos/contracts/whatsapp'
import type { Clock } from '../../platform/clock.ts'
import type { ControlPlane, ControlQueries } from '../../platform/control.ts'
import { AppError, notFound } from '../../platform/errors.ts'
import type { Store } from '../../platform/store.ts'
import type { Tenant } from '../../platform/tenancy.ts'
import { assertFeature } from '../plans/plans.service.ts'
import { hashLinkCode, linkCodeFrom } from './link-code.rules.ts'
import * as routing from './routing.queries.ts'
import * as queries from './whatsapp.queries.ts'

const LINK_CODE_MS = 15 * 60_000

export interface WhatsappDeps {
  control: ControlPlane
  store: Store
  clock: Clock
  /** Digits of the number that people write to; undefined where WhatsApp is not set up. */
  displayNumber: string | undefined
  phoneNumberId: string | undefined
}

/** @throws AppError feature_off where the plan has no WhatsApp; unavailable where the operator has not set WhatsApp up */
export async function createLinkCode(deps: WhatsappDeps, tenant: Tenant): Promise<LinkCode> {
  const { userId } = tenant.actor
  if (deps.phoneNumberId === undefined || userId === null) {
    throw new AppError('unavailable', { detail: 'WhatsApp is not set up on this server' })
  }
  await assertFeature(deps, tenant.id, 'whatsapp')
  const code = linkCodeFrom(randomBytes(64))
  const now = deps.clock.now()
  const expiresAt = new Date(now.getTime() + LINK_CODE_MS)
  await routing.putLinkCode(
    deps.control,
    { hash: hashLinkCode(code), tenantId: tenant.id, userId, expiresAt },
    now,
  )
  const number = (deps.displayNumber ?? '').replace(/\D/g, '')
  const link = `https://wa.me/${number}?text=${encodeURIComponent(code)}`
  return { code, link, expiresAt: expiresAt.toISOString() }
}

/**
 * From here on no chat is the person's, wherever it was linked. In the transaction of what says so; `endChatsOf` in each
 * of their workspaces follows. @returns how many chats there were
 */
export function dropRoutes(control: ControlQueries, identityId: string): Promise<number> {
  return routing.deleteRoutesOf(control, identityId)
}

/** Unties every chat of somebody who left, and voids their codes. */
export async function endChatsOf(
  deps: Pick<WhatsappDeps, 'control' | 'clock'>,
  tenant: Tenant,
  userId: string,
): Promise<void> {
  await routing.deleteLinksOf(deps.control, tenant.id, userId)
  await tenant.command(async (tx) => {
    tx.changed('whatsapp')
    await queries.unlinkChatsOf(tx, userId, deps.clock.now())
  })
}

/** Unties a chat of the caller; what was written in it stays. @throws AppError not_found */
export async function unlinkChat(deps: WhatsappDeps, tenant: Tenant, chatId: string): Promise<void> {
  const found = await tenant.command(async (tx) => {
    tx.changed('whatsapp')
    return queries.unlinkChat(tx, chatId, tenant.actor.userId, deps.clock.now())
  })
  if (!found) throw notFound('Chat')
  await routing.deleteLinks(deps.control, tenant.id, chatId)
}
