import * as contract from '@chronos/contracts/whatsapp'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import type { DataKeys } from '../../platform/data-keys.ts'
import { notFound } from '../../platform/errors.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as queries from './whatsapp.queries.ts'
import { createLinkCode, unlinkChat, type WhatsappDeps } from './whatsapp.service.ts'

export function registerWhatsappRoutes(
  endpoints: Endpoints,
  deps: WhatsappDeps & { dataKeys: DataKeys },
): void {
  endpoints.register(contract.createLinkCode, ({ tenant }) => createLinkCode(deps, tenant))

  endpoints.register(contract.listChats, async ({ tenant, caller, query }) => {
    const after = decodeCursor(query.cursor, ['instant', 'uuid'])
    const rows = await queries.listChats(tenant, caller.userId, query.limit + 1, after)
    const open = await deps.dataKeys.openerFor(rows.flatMap((row) => [row.name, row.wa_id]))
    return pageOf(
      rows,
      query.limit,
      (row) => queries.chatOf(row, open),
      (row) => [row.created_at, row.id],
    )
  })

  endpoints.register(contract.unlinkChat, async ({ tenant, params }) => {
    await unlinkChat(deps, tenant, params.id)
    return undefined
  })

  endpoints.register(contract.listChatMessages, async ({ tenant, caller, params, query }) => {
    const after = decodeCursor(query.cursor, ['uuid'])
    const rows = await queries.listMessages(tenant, caller.userId, params.id, query.limit + 1, after)
    if (!rows) throw notFound('Chat')
    const open = await deps.dataKeys.openerFor(rows.map((row) => row.text))
    return pageOf(
      rows,
      query.limit,
      (row) => queries.messageOf(row, open),
      (row) => [row.id],
    )
  })
}
