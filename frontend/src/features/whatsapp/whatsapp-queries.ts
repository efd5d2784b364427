import { createLinkCode, listChatMessages, listChats, unlinkChat } from '@chronos/contracts/whatsapp'
import type { Chat } from '@chronos/contracts/whatsapp'
import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { call } from '../../lib/api-client.ts'
import { listAll } from '../../lib/list-all.ts'
import { invalidateTopics } from '../../lib/query-client.ts'
import { keyOf } from '../../lib/query-keys.ts'
import { useTenantId } from '../../lib/session.tsx'

export function chatsQuery(tenantId: string) {
  return queryOptions({
    queryKey: keyOf(tenantId, 'whatsapp', 'chats'),
    queryFn: ({ signal }): Promise<Chat[]> =>
      listAll((cursor) => call(listChats, { query: { limit: 200, cursor }, signal })),
  })
}

/** Newest first, as the server lists them. */
export function messagesQuery(tenantId: string, chatId: string) {
  return infiniteQueryOptions({
    queryKey: keyOf(tenantId, 'whatsapp', 'messages', chatId),
    queryFn: ({ pageParam, signal }) =>
      call(listChatMessages, { params: { id: chatId }, query: { limit: 50, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
}

export function useCreateLinkCode() {
  return useMutation({ meta: { shownInPlace: true }, mutationFn: () => call(createLinkCode) })
}

export function useUnlinkChat() {
  const tenantId = useTenantId()
  return useMutation({
    mutationFn: (chat: Chat) => call(unlinkChat, { params: { id: chat.id } }),
    onSuccess: () => invalidateTopics(tenantId, ['whatsapp']),
  })
}
