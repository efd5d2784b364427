import type { AuditLog } from '@chronos/contracts/audit'

export interface AuditGroup {
  /** What the others came with: one request writes a transaction, its lines and its tags. */
  head: AuditLog
  rest: AuditLog[]
}

/** What a person did stands before what the database wrote along with it. */
const ORDER = ['imports', 'transactions', 'accounts', 'budgets', 'categories', 'whatsapp_chats']

function rankOf({ entity }: AuditLog): number {
  const index = ORDER.indexOf(entity)
  return index === -1 ? ORDER.length : index
}

/** Puts neighbours of one request together; the list keeps its order. */
export function groupByRequest(entries: readonly AuditLog[]): AuditGroup[] {
  const groups: AuditLog[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last && entry.requestId !== null && last[0]?.requestId === entry.requestId) last.push(entry)
    else groups.push([entry])
  }
  return groups.flatMap((group) => {
    const [head, ...rest] = group.toSorted((a, b) => rankOf(a) - rankOf(b))
    return head ? [{ head, rest }] : []
  })
}

/** The members among who did what, each once, by name. */
export function peopleOf(entries: readonly AuditLog[]): { id: string; name: string }[] {
  const names = new Map<string, string>()
  for (const { actor } of entries)
    if (actor.userId !== null && actor.name !== null) names.set(actor.userId, actor.name)
  return [...names].map(([id, name]) => ({ id, name })).toSorted((a, b) => a.name.localeCompare(b.name))
}
