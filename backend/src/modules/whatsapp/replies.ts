/**
 * What the bot answers. One reply per message (each is paid for), in the person's language, never longer than a
 * message with buttons may be. Names that people chose are shortened, so that no reply is cut in its figures.
 */
import { dayText, moneyText, monthText } from './money-text.rules.ts'
import type { Period } from './intents.rules.ts'
import type { UnknownReason } from './message.rules.ts'
import { TEXTS } from './reply-texts.ts'
import { languageOf } from './vocabulary.rules.ts'

/** Meta's cap for the text of a message with buttons, in code points. */
export const MAX_REPLY = 1024
const MAX_LISTED = 12

/** What one booked record says in a confirmation. */
export interface BookedLine {
  /** Negative is money out. */
  readonly amountMinor: number
  readonly currency: string
  readonly description: string
  readonly categoryName: string | null
  readonly accountName: string
  readonly occurredOn: string
  /** The month's total of the category so far, this record included; null where it is not told. */
  readonly monthMinor: number | null
}

export interface BalanceLine {
  readonly name: string
  readonly currency: string
  readonly balanceMinor: number
}

/** Money out or in of one currency, positive, largest categories first. */
export interface FlowTotal {
  readonly currency: string
  readonly totalMinor: number
  readonly categories: readonly { readonly name: string | null; readonly totalMinor: number }[]
}

export interface FlowQuestion {
  readonly flow: 'expense' | 'income'
  readonly period: Period
  /** First day asked for; names the month. */
  readonly from: string
  readonly categoryName: string | null
}

function textsOf(locale: string) {
  return TEXTS[languageOf(locale)]
}

function short(text: string, max = 40): string {
  const points = [...text]
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`
}

function bounded(text: string): string {
  return short(text, MAX_REPLY)
}

function signed(amountMinor: number, currency: string, locale: string): string {
  return `${amountMinor > 0 ? '+' : ''}${moneyText(Math.abs(amountMinor), currency, locale)}`
}

function bookedOne(line: BookedLine, locale: string, today: string): string {
  const texts = textsOf(locale)
  const where = [
    line.categoryName === null ? texts.noCategory : short(line.categoryName),
    short(line.accountName),
    dayText(line.occurredOn, today, locale),
  ]
  const head = `✅ *${signed(line.amountMinor, line.currency, locale)}* ${short(line.description, 140)}\n${where.join(' · ')}`
  const told =
    line.monthMinor !== null &&
    line.categoryName !== null &&
    line.occurredOn.slice(0, 7) === today.slice(0, 7)
  if (!told || line.monthMinor === null || line.categoryName === null) return head
  const month = moneyText(Math.abs(line.monthMinor), line.currency, locale)
  return `${head}\n\n${texts.monthIn(short(line.categoryName), month)}`
}

/** Confirms what was booked; send it with a button titled {@link undoTitle}. */
export function recordedReply(locale: string, lines: readonly BookedLine[], today: string): string {
  const [only, ...more] = lines
  if (only && more.length === 0) return bounded(bookedOne(only, locale, today))
  const listed = lines.slice(0, MAX_LISTED).map((line) => {
    const place = line.categoryName === null ? '' : ` · ${short(line.categoryName, 24)}`
    const day = line.occurredOn === today ? '' : ` · ${dayText(line.occurredOn, today, locale)}`
    return `• ${signed(line.amountMinor, line.currency, locale)} ${short(line.description, 24)}${place}${day}`
  })
  const rest = lines.length > MAX_LISTED ? ['…'] : []
  return bounded([textsOf(locale).recorded(lines.length), ...listed, ...rest].join('\n'))
}

export function undoTitle(locale: string): string {
  return textsOf(locale).undoTitle
}

/** Balances by account, and their sum where there are several of one currency; currencies are never added up. */
export function balanceReply(locale: string, accounts: readonly BalanceLine[]): string {
  const texts = textsOf(locale)
  if (accounts.length === 0) return texts.noAccounts
  const line = ({ name, currency, balanceMinor }: BalanceLine) =>
    `${short(name, 30)}: *${moneyText(balanceMinor, currency, locale)}*`
  const listed = accounts.slice(0, MAX_LISTED).map(line)
  const totals = [...new Set(accounts.map(({ currency }) => currency))].flatMap((currency) => {
    const same = accounts.filter((account) => account.currency === currency)
    const sum = same.reduce((total, { balanceMinor }) => total + balanceMinor, 0)
    return same.length > 1 ? [line({ name: texts.total, currency, balanceMinor: sum })] : []
  })
  const rest = accounts.length > MAX_LISTED ? ['…'] : []
  return bounded(
    [texts.balance, ...listed, ...rest, ...(totals.length > 0 ? ['', ...totals] : [])].join('\n'),
  )
}

function periodText({ period, from }: FlowQuestion, locale: string, today: string): string {
  const language = languageOf(locale)
  if (period === 'week') return textsOf(locale).week
  if (period === 'day') return dayText(from, today, locale)
  const month = monthText(from, today, locale)
  return { pt: `em ${month}`, en: `in ${month}`, es: `en ${month}` }[language]
}

/** What was spent (or came in) in a period: a total per currency and its largest categories. */
export function flowReply(
  locale: string,
  question: FlowQuestion,
  totals: readonly FlowTotal[],
  today: string,
): string {
  const texts = textsOf(locale)
  const period = periodText(question, locale, today)
  const category = question.categoryName === null ? null : short(question.categoryName)
  const spent = question.flow === 'expense'
  if (totals.every(({ totalMinor }) => totalMinor === 0))
    return spent ? texts.nothingSpent(period, category) : texts.nothingEarned(period)
  const blocks = totals.slice(0, 4).flatMap(({ currency, totalMinor, categories }) => {
    const top = category === null || categories.length > 1 ? categories.slice(0, 6) : []
    const lines = top.map(
      ({ name, totalMinor: part }) =>
        `• ${short(name ?? texts.uncategorised, 30)}: ${moneyText(part, currency, locale)}`,
    )
    return [`*${moneyText(totalMinor, currency, locale)}*`, ...lines]
  })
  const title = spent ? texts.spent(period, category) : texts.earned(period, category)
  return bounded([title, ...blocks].join('\n'))
}

export function helpReply(locale: string): string {
  return textsOf(locale).help
}

export function greetingReply(locale: string, name: string): string {
  return textsOf(locale).greeting(firstName(name))
}

export function thanksReply(locale: string): string {
  return textsOf(locale).thanks
}

/** To somebody who is linked to nobody. */
export function notLinkedReply(locale: string): string {
  return textsOf(locale).notLinked
}

/** A code was accepted. */
export function linkedReply(locale: string, name: string, workspaceName: string): string {
  return textsOf(locale).linked(firstName(name), short(workspaceName, 60))
}

/** A code is unknown, used or too old. */
export function linkExpiredReply(locale: string): string {
  return textsOf(locale).linkExpired
}

/** To a member who may only read. */
export function notAllowedReply(locale: string): string {
  return textsOf(locale).notAllowed
}

/** To who writes into a workspace whose plan has no WhatsApp. */
export function planOffReply(locale: string): string {
  return textsOf(locale).planOff
}

/** Where the plan's messages or transactions of this month are used up. */
export function planFullReply(locale: string): string {
  return textsOf(locale).planFull
}

/** @param options readings of an ambiguous amount in minor units of `currency` */
export function unknownReply(
  locale: string,
  reason: UnknownReason,
  ambiguous?: { readonly options: readonly number[]; readonly currency: string },
): string {
  const texts = textsOf(locale)
  const options = (ambiguous?.options ?? []).map((minor) =>
    moneyText(minor, ambiguous?.currency ?? '', locale),
  )
  return options.length > 0 ? texts.meant(options.join(' / ')) : texts.unknown[reason]
}

/** @param undone what was taken back; empty where there was nothing */
export function undoneReply(
  locale: string,
  undone: readonly {
    readonly description: string
    readonly amountMinor: number
    readonly currency: string
  }[],
): string {
  const texts = textsOf(locale)
  if (undone.length === 0) return texts.nothingToUndo
  const items = undone
    .slice(0, MAX_LISTED)
    .map(
      (item) => `${short(item.description)} ${moneyText(Math.abs(item.amountMinor), item.currency, locale)}`,
    )
  return bounded(texts.undone(items.join(', ') + (undone.length > MAX_LISTED ? ', …' : '')))
}

/** The person has no account in the currency that they named. */
export function otherCurrencyReply(locale: string, currency: string): string {
  return textsOf(locale).otherCurrency(currency)
}

export function noAccountsReply(locale: string): string {
  return textsOf(locale).noAccounts
}

/** To pictures, sounds, places and whatever else is no text. */
export function unsupportedReply(locale: string): string {
  return textsOf(locale).unsupported
}

function firstName(name: string): string {
  return short(name.trim().split(/\s+/)[0] ?? '', 30)
}
