/**
 * What a message of a linked person does, and what it is answered. One message has one answer; what it books, it
 * books in the transaction that stores it. A sentence that cannot be read for sure books nothing and is asked about.
 */
import { dateInZone } from '@chronos/contracts/dates'
import type { Role } from '@chronos/contracts/permissions'
import type { InboundMessage } from '../../integrations/whatsapp/payloads.ts'
import type { Tx } from '../../platform/tenancy.ts'
import { createAccount } from '../accounts/accounts.service.ts'
import { createTransaction, deleteTransaction } from '../transactions/transactions.service.ts'
import { fold } from './tokens.rules.ts'
import type { QueryIntent } from './intents.rules.ts'
import * as facts from './ledger-facts.queries.ts'
import { parseMessage, type Intent } from './message.rules.ts'
import type { CategoryHint, RecordDraft } from './records.rules.ts'
import * as replies from './replies.ts'
import { languageOf } from './vocabulary.rules.ts'

export interface Reply {
  text: string
  buttons?: { id: string; title: string }[]
  /** How many transactions it tells of. */
  booked?: number
}

/** A person, as the conversation needs to know them. */
export interface Person {
  userId: string
  name: string
  role: Role
  locale: string
  currency: string
  timezone: string
  workspaceName: string
  chatId: string
  /** Our id of the message that is being answered. */
  messageId: string
}

export interface Turn {
  message: InboundMessage
  person: Person
  now: Date
}

interface Books {
  accounts: facts.KnownAccountRow[]
  categories: facts.KnownCategoryRow[]
  today: string
}

const UNDO = /^undo:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
/** What is no message to us: it says something about another one. */
const SILENT = new Set(['reaction', 'system', 'edit', 'revoke', 'ephemeral'])

/**
 * Does what a message says.
 * @returns null where there is nothing to answer
 */
export async function converse(tx: Tx, turn: Turn): Promise<Reply | null> {
  const { message, person } = turn
  if (SILENT.has(message.type)) return null
  const pressed = message.choice === null ? null : UNDO.exec(message.choice.id)
  if (pressed?.[1]) return undo(tx, turn, pressed[1])
  if (message.text === null || message.text.trim() === '')
    return { text: replies.unsupportedReply(person.locale) }
  const books = await openBooks(tx, turn)
  const intent = parseMessage(message.text, {
    locale: person.locale,
    currency: person.currency,
    today: books.today,
    accounts: books.accounts,
    categories: books.categories,
  })
  return answer(tx, turn, books, intent)
}

async function openBooks(tx: Tx, { message, person, now }: Turn): Promise<Books> {
  // The day on which it was written counts, although it may reach us days later.
  const written = message.at === null ? now : new Date(Math.min(Date.parse(message.at), now.getTime()))
  return {
    accounts: await facts.knownAccounts(tx, person.userId),
    categories: await facts.knownCategories(tx),
    today: dateInZone(written, person.timezone),
  }
}

function answer(tx: Tx, turn: Turn, books: Books, intent: Intent): Promise<Reply | null> | Reply {
  const { locale, name, currency } = turn.person
  switch (intent.kind) {
    case 'record':
      return record(tx, turn, books, intent.records)
    case 'balance':
      return balance(turn, books, intent.accountHint)
    case 'spending':
      return flow(tx, turn, books, intent)
    case 'undo':
      return undo(tx, turn, null)
    case 'help':
      return { text: replies.helpReply(locale) }
    case 'greeting':
      return { text: replies.greetingReply(locale, name) }
    case 'thanks':
      return { text: replies.thanksReply(locale) }
    case 'link_code':
      return { text: replies.linkExpiredReply(locale) }
    case 'unknown': {
      const options =
        intent.options === undefined
          ? undefined
          : { options: intent.options, currency: intent.currency ?? currency }
      return { text: replies.unknownReply(locale, intent.reason, options) }
    }
  }
}

/** Books all records of a message, or none of them. */
async function record(tx: Tx, turn: Turn, books: Books, drafts: readonly RecordDraft[]): Promise<Reply> {
  const { person, now } = turn
  const targets: { draft: RecordDraft; account: facts.KnownAccountRow }[] = []
  for (const draft of drafts) {
    const account = await accountFor(tx, turn, books, draft)
    if (!account)
      return { text: replies.otherCurrencyReply(person.locale, draft.currency ?? person.currency) }
    targets.push({ draft, account })
  }
  const lines: replies.BookedLine[] = []
  for (const { draft, account } of targets) {
    const category = categoryFor(books, draft.categoryHint)
    const amountMinor = draft.direction === 'expense' ? -draft.amountMinor : draft.amountMinor
    await createTransaction(
      tx,
      {
        accountId: account.id,
        occurredOn: draft.occurredOn,
        amountMinor,
        description: draft.description,
        categoryId: category?.id ?? null,
        source: 'whatsapp',
        whatsappMessageId: person.messageId,
      },
      now,
    )
    lines.push({
      amountMinor,
      currency: account.currency,
      description: draft.description,
      categoryName: category?.name ?? null,
      accountName: account.name,
      occurredOn: draft.occurredOn,
      monthMinor:
        category && drafts.length === 1
          ? await monthOf(tx, books, category.id, draft.direction, account.currency)
          : null,
    })
  }
  const undoButton = { id: `undo:${person.messageId}`, title: replies.undoTitle(person.locale) }
  const text = replies.recordedReply(person.locale, lines, books.today)
  return { text, buttons: [undoButton], booked: lines.length }
}

/** What the category has taken in this month, this record included. */
async function monthOf(
  tx: Tx,
  books: Books,
  categoryId: string,
  direction: 'expense' | 'income',
  currency: string,
): Promise<number> {
  const span = { from: `${books.today.slice(0, 7)}-01`, to: books.today, flow: direction, categoryId }
  const rows = await facts.flowByCategory(tx, span)
  return rows.filter((row) => row.currency === currency).reduce((sum, row) => sum + row.total_minor, 0)
}

/** The account that is named, else the usual one of the currency; a first one where there is none at all. */
async function accountFor(
  tx: Tx,
  { person, now }: Turn,
  books: Books,
  draft: RecordDraft,
): Promise<facts.KnownAccountRow | null> {
  const currency = draft.currency ?? person.currency
  const named =
    draft.accountHint === null
      ? undefined
      : books.accounts.find((account) => account.name === draft.accountHint)
  if (named) return named.currency === currency ? named : null
  const usual = books.accounts.find((account) => account.currency === currency)
  if (usual) return usual
  if (draft.currency !== null && draft.currency !== person.currency) return null
  const name = { pt: 'Carteira', es: 'Billetera', en: 'Wallet' }[languageOf(person.locale)]
  const made = await createAccount(tx, { name, type: 'cash', currency, openingBalanceMinor: 0 }, now)
  const account: facts.KnownAccountRow = { id: made.id, name, type: 'cash', currency, balance_minor: 0 }
  books.accounts.push(account)
  return account
}

function categoryFor(books: Books, hint: CategoryHint | null): facts.KnownCategoryRow | undefined {
  if (hint === null) return undefined
  if (hint.by === 'key') return books.categories.find((category) => category.key === hint.key)
  return books.categories.find((category) => fold(category.name) === fold(hint.name))
}

function balance({ person }: Turn, { accounts }: Books, accountHint: string | null): Reply {
  const asked = accountHint === null ? accounts : accounts.filter((account) => account.name === accountHint)
  const lines = asked.map(({ name, currency, balance_minor: balanceMinor }) => ({
    name,
    currency,
    balanceMinor,
  }))
  return { text: replies.balanceReply(person.locale, lines) }
}

async function flow(
  tx: Tx,
  { person }: Turn,
  books: Books,
  intent: Extract<QueryIntent, { kind: 'spending' }>,
): Promise<Reply> {
  const category =
    intent.categoryKey === null ? undefined : books.categories.find(({ key }) => key === intent.categoryKey)
  const rows = await facts.flowByCategory(tx, {
    from: intent.from,
    to: intent.to,
    flow: intent.flow,
    categoryId: category?.id ?? null,
  })
  const totals = [...new Set(rows.map((row) => row.currency))].map((currency) => {
    const own = rows.filter((row) => row.currency === currency)
    return {
      currency,
      totalMinor: own.reduce((sum, row) => sum + row.total_minor, 0),
      categories: own.map((row) => ({ name: row.name, totalMinor: row.total_minor })),
    }
  })
  const question = {
    flow: intent.flow,
    period: intent.period,
    from: intent.from,
    categoryName: category?.name ?? null,
  }
  return { text: replies.flowReply(person.locale, question, totals, books.today) }
}

/** Takes back what a message booked: the one whose button was pressed, else the newest that booked something. */
async function undo(tx: Tx, { person, now }: Turn, messageId: string | null): Promise<Reply> {
  const booked = await facts.lastBooked(tx, person.chatId, messageId)
  for (const { id } of booked) await deleteTransaction(tx, id, null, now)
  const undone = booked.map(({ description, amount_minor: amountMinor, currency }) => ({
    description,
    amountMinor,
    currency,
  }))
  return { text: replies.undoneReply(person.locale, undone) }
}
