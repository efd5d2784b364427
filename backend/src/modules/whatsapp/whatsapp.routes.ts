import * as contract from '@chronos/contracts/whatsapp'
import { decodeCursor, pageOf } from '../../platform/cursor.ts'
import { notFound } from '../../platform/errors.ts'
import type { Endpoints } from '../../plugins/endpoints.ts'
import * as queries from './whatsapp.queries.ts'
import { createLinkCode, unlinkChat, type WhatsappDeps } from './whatsapp.service.ts'

export function registerWhatsappRoutes(endpoints: Endpoints, deps: WhatsappDeps): void {
  endpoints.register(contract.createLinkCode, ({ tenant }) => createLinkCode(deps, tenant))

  endpoints.register(contract.listChats, async ({ tenant, caller, query }) => {
    const after = decodeCursor(query.cursor, ['instant', 'uuid'])
    const rows = await queries.listChats(tenant, caller.userId, query.limit + 1, after)
    return pageOf(rows, query.limit, queries.chatOf, (row) => [row.created_at, row.id])
  })

  endpoints.register(contract.unlinkChat, async ({ tenant, params }) => {
    await unlinkChat(deps, tenant, params.id)
    return undefined
  })

  endpoints.register(contract.listChatMessages, async ({ tenant, caller, params, query }) => {
    const after = decodeCursor(query.cursor, ['uuid'])
    const rows = await queries.listMessages(tenant, caller.userId, params.id, query.limit + 1, after)
    if (!rows) throw notFound('Chat')
    return pageOf(rows, query.limit, queries.messageOf, (row) => [row.id])
  })
}
