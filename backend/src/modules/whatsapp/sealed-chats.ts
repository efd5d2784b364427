/** Chats under their person's key: a sender is found by opening the person's own chats, which are few. */
import type { ControlPlane } from '../../platform/control.ts'
import type { DataKey, DataKeys } from '../../platform/data-keys.ts'
import type { TenantQueries } from '../../platform/tenancy.ts'
import * as routing from './routing.queries.ts'
import * as queries from './whatsapp.queries.ts'

interface ChatDeps {
  control: ControlPlane
  dataKeys: DataKeys
}

/** The key of the person whose chat it is; null for who belongs here no more. */
export async function keyOf(
  { control, dataKeys }: ChatDeps,
  link: { tenant_id: string; user_id: string },
): Promise<DataKey | null> {
  const identityId = await routing.findIdentityOf(control, link)
  return identityId === null ? null : dataKeys.of(identityId)
}

/** The person's chat with this sender, made or linked again. @returns its id */
export async function linkChat(
  { dataKeys }: Pick<ChatDeps, 'dataKeys'>,
  tx: TenantQueries,
  key: DataKey,
  chat: Parameters<typeof queries.insertChat>[2],
  now: Date,
): Promise<string> {
  const rows = await queries.lockChats(tx, chat.userId, chat.phoneNumberId)
  const open = await dataKeys.openerFor(rows.flatMap((row) => [row.bsuid, row.wa_id]))
  const { bsuid, waId } = chat.sender
  const known = rows.find((row) => {
    const sender = queries.senderIn(row, open)
    return sender.bsuid === bsuid && (bsuid !== null || sender.waId === waId)
  })
  if (known) await queries.relinkChat(tx, key, { id: known.id, sender: chat.sender }, now)
  else await queries.insertChat(tx, key, chat, now)
  return known?.id ?? chat.id
}
