/** From the pieces of a message to what will be written into the books. */
import { guessCategoryKey } from '../categories/category-guess.rules.ts'
import { findAccount } from './accounts-hint.rules.ts'
import type { KnownAccount } from './accounts-hint.rules.ts'
import type { FoundDate } from './dates.rules.ts'
import { findDirection } from './direction.rules.ts'
import type { Direction } from './direction.rules.ts'
import type { Segment } from './segments.rules.ts'
import { fold, rawText } from './tokens.rules.ts'
import type { Token } from './tokens.rules.ts'
import { FILLERS, PLAIN_MARKS, wordSet } from './vocabulary.rules.ts'
import type { Language } from './vocabulary.rules.ts'

export interface KnownCategory {
  readonly name: string
  readonly key: string | null
  readonly kind: Direction
}

/** A category of the first tree by its key, or one of the workspace by its name. */
export type CategoryHint =
  { readonly by: 'key'; readonly key: string } | { readonly by: 'name'; readonly name: string }

export interface RecordDraft {
  readonly direction: Direction
  /** Positive; the direction is apart. Minor units of `currency`, or of the workspace's where that is null. */
  readonly amountMinor: number
  readonly currency: string | null
  readonly description: string
  readonly categoryHint: CategoryHint | null
  readonly occurredOn: string
  readonly accountHint: string | null
  readonly installments: number | null
}

export interface RecordContext {
  readonly language: Language
  readonly today: string
  readonly accounts: readonly KnownAccount[]
  readonly categories: readonly KnownCategory[]
}

interface Sentence {
  readonly tokens: readonly Token[]
  readonly dates: readonly FoundDate[]
  readonly taken: ReadonlySet<number>
}

const MAX_DESCRIPTION = 140
const FALLBACK: Readonly<Record<Direction, Readonly<Record<Language, string>>>> = {
  expense: { pt: 'Despesa', en: 'Expense', es: 'Gasto' },
  income: { pt: 'Receita', en: 'Income', es: 'Ingreso' },
}
/** Go with the price: "por 7 reais", "total 120". */
const PRICE_LEADS = wordSet(
  'por for de of at a = : - – — total valor em in the un um uns unos about aprox cerca tipo quase casi almost around custando',
)

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, offset) => start + offset)
}

function trimmed(tokens: readonly Token[]): readonly Token[] {
  const idle = (token: Token | undefined) =>
    token !== undefined && (token.kind === 'break' || PLAIN_MARKS.has(token.raw) || FILLERS.has(token.fold))
  let start = 0
  let end = tokens.length
  while (start < end && idle(tokens[start])) start += 1
  while (end > start && idle(tokens[end - 1])) end -= 1
  return tokens.slice(start, end)
}

/** A name that is only one letter or so, as "a", is no name of a category. */
function namedCategory(
  form: string,
  direction: Direction,
  categories: readonly KnownCategory[],
): CategoryHint | null {
  const padded = ` ${form} `
  const named = categories
    .filter(
      ({ kind, name }) => kind === direction && name.length > 2 && padded.includes(` ${searchable(name)} `),
    )
    .sort((a, b) => b.name.length - a.name.length)
  const own = named.find(({ key }) => key === null) ?? null
  return own && { by: 'name', name: own.name }
}

function searchable(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function categoryOf(
  description: string,
  said: string,
  direction: Direction,
  { categories, language }: RecordContext,
): CategoryHint | null {
  const sign = direction === 'income' ? 1 : -1
  const own = namedCategory(searchable(said), direction, categories)
  if (own) return own
  const guessed = guessCategoryKey(description, sign) ?? guessCategoryKey(said, sign)
  // English "gas" fills a tank, unless it is a bill.
  const key = guessed === 'bills.gas' && language === 'en' && !/bill/i.test(said) ? 'transport.fuel' : guessed
  if (key !== null) return { by: 'key', key }
  const group = categories.find(({ key: known, kind, name }) => {
    return kind === direction && known !== null && ` ${searchable(said)} `.includes(` ${searchable(name)} `)
  })
  return group?.key ? { by: 'key', key: group.key } : null
}

function descriptionOf(
  rest: readonly Token[],
  direction: Direction,
  installments: number | null,
  language: Language,
): string {
  const text = rawText(trimmed(rest))
    .slice(0, MAX_DESCRIPTION)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trim()
  const [first = '', ...others] = text === '' ? FALLBACK[direction][language] : text
  const note = installments === null ? '' : ` (${installments}x)`
  return first.toLocaleUpperCase(language) + others.join('') + note
}

/** The day of a piece: its own, else the one that opens or closes the whole message, else today. */
function dayOf(
  { dates, tokens }: Sentence,
  segment: Segment,
  segments: readonly Segment[],
  today: string,
): FoundDate['pick'] {
  const own = dates.find(({ start, end }) => start >= segment.from && end <= segment.to)
  if (own) return own.pick
  const [only, ...more] = dates
  const first = segments[0]?.choice.amount.start ?? 0
  const opens = only && only.end <= first && only.start <= 1
  const closes = only && only.end === tokens.length
  return only && more.length === 0 && (opens || closes) ? only.pick : { status: 'ok', date: today }
}

export type DraftResult =
  | { readonly status: 'ok'; readonly record: RecordDraft }
  | {
      readonly status:
        'future_date' | 'zero' | 'too_large' | 'too_precise' | 'unclear_currency' | 'no_description'
    }
  | { readonly status: 'ambiguous'; readonly options: readonly number[]; readonly currency: string | null }

/** @param previous the direction of the piece before: "recebi 5000 de salário e 300 de freela" */
export function draftOf(
  sentence: Sentence,
  segment: Segment,
  segments: readonly Segment[],
  previous: Direction | null,
  context: RecordContext,
): DraftResult {
  const { tokens, taken } = sentence
  const { amount, installments, also } = segment.choice
  const { reading } = amount
  if (amount.unclearCurrency) return { status: 'unclear_currency' }
  if (reading.status === 'ambiguous') return { ...reading, currency: amount.currency }
  if (reading.status !== 'ok') return { status: reading.status }
  const day = dayOf(sentence, segment, segments, context.today)
  if (day.status === 'future') return { status: 'future_date' }

  const { from, to } = segment
  const gone = new Set([
    ...taken,
    ...range(amount.start, amount.end),
    ...also.flatMap(([start, end]) => range(start, end)),
  ])
  for (let index = amount.start - 1; index >= from && PRICE_LEADS.has(tokens[index]?.fold ?? ''); index -= 1)
    gone.add(index)
  const found = findDirection(tokens, from, to, gone)
  const elliptic = range(from, amount.start).every(
    (index) => gone.has(index) || tokens[index]?.kind !== 'word',
  )
  const direction =
    amount.sign === '+' ? 'income' : (found.direction ?? (elliptic ? previous : null) ?? 'expense')
  const spoken = range(from, to).filter((index) => !gone.has(index))
  for (const word of found.words) gone.add(word)
  const left = () =>
    range(from, to)
      .filter((index) => !gone.has(index))
      .flatMap((index) => tokens[index] ?? [])

  const account = findAccount(tokens, from, to, gone, context.accounts)
  const before = trimmed(left())
  if (account) for (const index of range(account.start, account.end)) gone.add(index)
  const rest = trimmed(left()).length > 0 ? left() : before
  // A bare number says nothing: "50".
  if (trimmed(rest).length === 0 && found.words.length === 0 && !found.direction && amount.sign === null)
    return { status: 'no_description' }
  const description = descriptionOf(rest, direction, installments, context.language)
  const said = rawText(spoken.flatMap((index) => tokens[index] ?? []))
  return {
    status: 'ok',
    record: {
      direction,
      amountMinor: reading.minor,
      currency: amount.currency,
      description,
      categoryHint: categoryOf(description, said, direction, context),
      occurredOn: day.date,
      accountHint: rest === before && account ? null : (account?.name ?? null),
      installments,
    },
  }
}
