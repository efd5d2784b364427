/**
 * A message may name several purchases. It is cut only where every part then has its own words and its own price;
 * anything else stays one piece.
 */
import { chooseAmount, isQuantity } from './amount-choice.rules.ts'
import type { Choice } from './amount-choice.rules.ts'
import type { Amount } from './amounts.rules.ts'
import type { Token } from './tokens.rules.ts'
import { EXPENSE_VERBS, FILLERS, INCOME_VERBS, SEPARATORS } from './vocabulary.rules.ts'

export interface Segment {
  /** Tokens from `from` up to, not including, `to`. */
  readonly from: number
  readonly to: number
  readonly choice: Choice
}

export type Segments =
  | { readonly status: 'ok'; readonly segments: readonly Segment[] }
  | { readonly status: 'none' }
  | { readonly status: 'several' }

interface Span {
  readonly from: number
  readonly to: number
}

interface Sentence {
  readonly tokens: readonly Token[]
  readonly amounts: readonly Amount[]
  /** Dates and whatever else is no word of a purchase. */
  readonly taken: ReadonlySet<number>
}

function amountsIn({ amounts }: Sentence, span: Span): Amount[] {
  return amounts.filter((amount) => amount.start >= span.from && amount.end <= span.to)
}

function isWordOf({ tokens, taken }: Sentence, index: number): boolean {
  const token = tokens[index]
  if (!token || token.kind !== 'word' || taken.has(index)) return false
  return !FILLERS.has(token.fold) && !EXPENSE_VERBS.has(token.fold) && !INCOME_VERBS.has(token.fold)
}

function wordsBetween(sentence: Sentence, from: number, to: number): number {
  let count = 0
  for (let index = from; index < to; index += 1) if (isWordOf(sentence, index)) count += 1
  return count
}

function hasPrice(sentence: Sentence, span: Span): boolean {
  return amountsIn(sentence, span).some((amount) => !isQuantity(sentence.tokens, amount))
}

/** Cuts at separators and line breaks, never inside an amount; priceless pieces join their neighbour. */
function cutAtSeparators(sentence: Sentence): Span[] {
  const { tokens, amounts } = sentence
  const inside = (index: number) => amounts.some((amount) => index >= amount.start && index < amount.end)
  const pieces: Span[] = []
  let from = 0
  tokens.forEach((token, index) => {
    if (inside(index) || (token.kind !== 'break' && !SEPARATORS.has(token.fold))) return
    pieces.push({ from, to: index })
    from = index + 1
  })
  pieces.push({ from, to: tokens.length })
  return mergePriceless(
    sentence,
    pieces.filter((piece) => piece.to > piece.from),
  )
}

function mergePriceless(sentence: Sentence, pieces: readonly Span[]): Span[] {
  const merged: Span[] = []
  let open: number | null = null
  for (const piece of pieces) {
    const last = merged.at(-1)
    // "50 de pão, leite e ovos": after a piece that begins with its price, the rest belongs to it.
    const backwards = last && open === null && startsWithPrice(sentence, last)
    if (hasPrice(sentence, piece)) {
      merged.push({ from: open ?? piece.from, to: piece.to })
      open = null
    } else if (backwards) merged[merged.length - 1] = { from: last.from, to: piece.to }
    else open ??= piece.from
  }
  const last = merged.at(-1)
  const end = pieces.at(-1)?.to
  if (open !== null && last && end !== undefined) merged[merged.length - 1] = { from: last.from, to: end }
  return merged
}

function startsWithPrice(sentence: Sentence, span: Span): boolean {
  const first = amountsIn(sentence, span)[0]
  return first !== undefined && wordsBetween(sentence, span.from, first.start) === 0
}

function choosePerSpan(sentence: Sentence, spans: readonly Span[]): Segment[] | null {
  const segments: Segment[] = []
  for (const span of spans) {
    const choice = chooseAmount(sentence.tokens.slice(0, span.to), amountsIn(sentence, span))
    if (choice.status !== 'one') return null
    segments.push({ ...span, choice })
  }
  return segments
}

/** All pieces speak alike: price first or price last, and each names something. */
function areAlike(sentence: Sentence, segments: readonly Segment[]): boolean {
  const byLine = segments.slice(1).every(({ from }) => sentence.tokens[from - 1]?.kind === 'break')
  const styles = segments.map(({ from, choice }) => wordsBetween(sentence, from, choice.amount.start) === 0)
  const named = segments.every(({ from, to, choice: { amount } }) => {
    return wordsBetween(sentence, from, amount.start) + wordsBetween(sentence, amount.end, to) > 0
  })
  return named && (byLine || new Set(styles).size === 1)
}

/** "mercado 50 farmácia 30": words and prices in turn, no separator. Small bare numbers could be part of a name. */
function cutByTurns(sentence: Sentence): Span[] | null {
  const { amounts, tokens } = sentence
  const sure = amounts.every((amount) => amount.marked || amount.decimals || (amount.plain ?? 100) > 20)
  const alike = new Set(amounts.map((amount) => amount.decimals)).size === 1
  if (!sure || !alike || amounts.length < 2) return null
  const first = amounts[0]
  const last = amounts.at(-1)
  if (!first || !last) return null
  const priceLast =
    wordsBetween(sentence, 0, first.start) > 0 && wordsBetween(sentence, last.end, tokens.length) === 0
  const priceFirst = wordsBetween(sentence, 0, first.start) === 0
  if (priceLast === priceFirst) return null
  const spans = amounts.map((amount, index) => {
    const before = amounts[index - 1]
    const after = amounts[index + 1]
    if (priceLast) return { from: before?.end ?? 0, to: after ? amount.end : tokens.length }
    return { from: before ? amount.start : 0, to: after?.start ?? tokens.length }
  })
  const goesOn =
    priceLast && amounts.slice(0, -1).some((amount) => FILLERS.has(tokens[amount.end]?.fold ?? ''))
  return goesOn ? null : spans
}

/** The purchases of a message, each with its price. */
export function findSegments(sentence: Sentence): Segments {
  const spans = cutAtSeparators(sentence)
  const separate = spans.length > 1 ? choosePerSpan(sentence, spans) : null
  if (separate && areAlike(sentence, separate)) return { status: 'ok', segments: separate }
  const whole = chooseAmount(sentence.tokens, sentence.amounts)
  if (whole.status === 'one')
    return { status: 'ok', segments: [{ from: 0, to: sentence.tokens.length, choice: whole }] }
  if (whole.status === 'none') return { status: 'none' }
  const turns = cutByTurns(sentence)
  const inTurn = turns && choosePerSpan(sentence, turns)
  return inTurn && areAlike(sentence, inTurn) ? { status: 'ok', segments: inTurn } : { status: 'several' }
}
