/**
 * What a message asks for. Deterministic, without network or model; when in doubt it says so (`unknown`, with the
 * reason), because a wrong record is worse than a question. Nothing that a person can type makes it throw.
 */
import { findAmounts } from './amounts.rules.ts'
import type { Amount } from './amounts.rules.ts'
import { findDates } from './dates.rules.ts'
import type { Direction } from './direction.rules.ts'
import { asksForFigures, refusalOf } from './guards.rules.ts'
import type { Refusal } from './guards.rules.ts'
import { findQuery, greetingLength } from './intents.rules.ts'
import type { QueryIntent } from './intents.rules.ts'
import { findLinkCode } from './link-code.rules.ts'
import { draftOf } from './records.rules.ts'
import type { DraftResult, KnownCategory, RecordDraft } from './records.rules.ts'
import type { KnownAccount } from './accounts-hint.rules.ts'
import { findSegments } from './segments.rules.ts'
import { tokenise } from './tokens.rules.ts'
import type { Token } from './tokens.rules.ts'
import { LANGUAGE_MARKERS, languageOf } from './vocabulary.rules.ts'
import type { Language } from './vocabulary.rules.ts'

export interface MessageContext {
  /** BCP 47: decides the decimal mark and the order of dates. */
  readonly locale: string
  /** ISO 4217, the workspace's. */
  readonly currency: string
  /** In the workspace's time zone. */
  readonly today: string
  readonly accounts: readonly KnownAccount[]
  readonly categories: readonly KnownCategory[]
}

export type UnknownReason =
  | Refusal
  | Exclude<DraftResult['status'], 'ok' | 'ambiguous'>
  | 'empty'
  | 'no_amount'
  | 'several_amounts'
  | 'ambiguous_amount'

export type Intent =
  /** One or more; all of them, or none, are to be recorded. */
  | { readonly kind: 'record'; readonly records: readonly RecordDraft[] }
  | { readonly kind: 'link_code'; readonly code: string }
  | QueryIntent
  | {
      readonly kind: 'unknown'
      readonly reason: UnknownReason
      /** For an ambiguous amount: what it could be, in minor units of `currency` (null: the workspace's). */
      readonly options?: readonly number[]
      readonly currency?: string | null
    }

/** At most so many records from one message. */
export const MAX_RECORDS = 20

function unknown(reason: UnknownReason): Intent {
  return { kind: 'unknown', reason }
}

/** The language of a message: the workspace's, unless the words clearly are of another. */
export function detectLanguage(tokens: readonly Token[], locale: string): Language {
  const own = languageOf(locale)
  const languages: readonly Language[] = [own, 'pt', 'es', 'en']
  const score = (language: Language) =>
    tokens.filter((token) => LANGUAGE_MARKERS[language].has(token.fold)).length + (language === own ? 0.5 : 0)
  return languages.reduce((best, language) => (score(language) > score(best) ? language : best))
}

function takenBy(spans: readonly { readonly start: number; readonly end: number }[]): Set<number> {
  const taken = new Set<number>()
  for (const { start, end } of spans) for (let index = start; index < end; index += 1) taken.add(index)
  return taken
}

function recordsOf(
  tokens: readonly Token[],
  amounts: readonly Amount[],
  language: Language,
  context: MessageContext,
): Intent {
  const dates = findDates(tokens, { locale: context.locale, language, today: context.today })
  const sentence = { tokens, amounts, dates, taken: takenBy(dates) }
  const found = findSegments(sentence)
  if (found.status !== 'ok') return unknown(found.status === 'none' ? 'no_amount' : 'several_amounts')
  if (found.segments.length > MAX_RECORDS) return unknown('several_amounts')
  const records: RecordDraft[] = []
  let previous: Direction | null = null
  for (const segment of found.segments) {
    const draft = draftOf(sentence, segment, found.segments, previous, { ...context, language })
    if (draft.status === 'ambiguous')
      return { kind: 'unknown', reason: 'ambiguous_amount', options: draft.options, currency: draft.currency }
    if (draft.status !== 'ok') return unknown(draft.status)
    records.push(draft.record)
    previous = draft.record.direction
  }
  return { kind: 'record', records }
}

/** @param text as a person wrote it; its first 1,000 characters are read */
export function parseMessage(text: string, context: MessageContext): Intent {
  const code = findLinkCode(text)
  if (code !== null) return { kind: 'link_code', code }
  const all = tokenise(text)
  if (all.length === 0) return unknown('empty')
  const language = detectLanguage(all, context.locale)
  const query = () => findQuery(all, { ...context, language })
  const tokens = all.slice(greetingLength(all))
  const dates = findDates(tokens, { locale: context.locale, language, today: context.today })
  const amounts = findAmounts(tokens, takenBy(dates), { ...context, language })
  if (amounts.length === 0) return query() ?? unknown('no_amount')
  // "quanto gastei nos últimos 2 meses": a question may hold a number.
  const asked = asksForFigures(tokens) || amounts.every((amount) => amount.doubtful) ? query() : null
  if (asked) return asked
  const refusal = refusalOf(tokens, amounts, context.accounts)
  return refusal ? unknown(refusal) : recordsOf(tokens, amounts, language, context)
}
