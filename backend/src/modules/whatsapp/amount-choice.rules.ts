/**
 * Which of several numbers is the price. Quantities, years and names are set aside by what stands around them; what
 * stays unclear is asked for, never guessed: it is somebody's money.
 */
import { MAX_AMOUNT_MINOR } from '@chronos/contracts/money'
import { TIMES_WORDS } from './amounts.rules.ts'
import type { Amount } from './amounts.rules.ts'
import type { Token } from './tokens.rules.ts'
import { FILLERS, PRICE_CUES, wordSet } from './vocabulary.rules.ts'

export interface Choice {
  readonly status: 'one'
  readonly amount: Amount
  /** "em 10x": the whole amount is recorded, the number of instalments noted. */
  readonly installments: number | null
  /** Further tokens that belong to the price, as [start, end). */
  readonly also: readonly (readonly [number, number])[]
}
export type ChoiceResult = Choice | { readonly status: 'none' | 'several' }

/** Words that end in "s" and name one thing. */
const SINGULAR = wordSet(
  `onibus gas bus tenis lapis correios mcdonalds americanas ads groceries clothes compras pilates juros expensas fraldas snacks drinks
   virus campus jeans glasses business fitness wings remedios medicamentos lentes oculos ferias flores roupas frutas verduras
   legumes passagens peajes presentes impuestos impostos taxes servicos services gastos utiles anteojos panales ovos
   supplies games books gifts toys donuts tacos noodles chips sweets repairs reparos casas pernambucanas mais menos meias doces`,
)

function isPlural(token: Token | undefined): boolean {
  return (
    token?.kind === 'word' && token.fold.length > 3 && token.fold.endsWith('s') && !SINGULAR.has(token.fold)
  )
}

/** A plain small number before a plural is how many, not how much: "3 pizzas". */
export function isQuantity(tokens: readonly Token[], amount: Amount, most = 12): boolean {
  return amount.plain !== null && amount.plain <= most && isPlural(tokens[amount.end])
}

/** The count of "10x", "3 vezes", "em 12 cuotas". */
function timesOf(tokens: readonly Token[], amount: Amount): number | null {
  const { plain } = amount
  const counts =
    plain !== null && plain >= 2 && plain <= 120 && TIMES_WORDS.has(tokens[amount.end]?.fold ?? '')
  return counts ? plain : null
}

function isNumberOfInstallments(tokens: readonly Token[], times: Amount, others: readonly Amount[]): boolean {
  const led = wordSet('em in en por parcelado dividido parcelada over').has(
    tokens[times.start - 1]?.fold ?? '',
  )
  return led || others.some((other) => other.end <= times.start) || tokens[times.end]?.fold !== 'x'
}

/** "10x de 120": the count times the part, exact or nothing. */
function multiplied(part: Amount, count: number): Amount | null {
  if (part.reading.status !== 'ok' || part.reading.minor * count > MAX_AMOUNT_MINOR) return null
  return { ...part, reading: { status: 'ok', minor: part.reading.minor * count } }
}

function withTimes(
  tokens: readonly Token[],
  amounts: readonly Amount[],
  times: Amount,
  count: number,
): ChoiceResult {
  const after = times.end + 1
  const starts = ['de', 'of', 'at', 'a'].includes(tokens[after]?.fold ?? '') ? after + 1 : after
  const part = amounts.find((amount) => amount.start === starts)
  const others = amounts.filter((amount) => amount !== times && amount !== part)
  const also: [number, number][] = [[times.start, after]]
  if (['em', 'in', 'en', 'por'].includes(tokens[times.start - 1]?.fold ?? ''))
    also.push([times.start - 1, times.start])
  if (others.length === 0 && part) {
    const amount = multiplied(part, count)
    if (starts > after) also.push([after, starts])
    return amount ? { status: 'one', amount, installments: count, also } : { status: 'several' }
  }
  if (!isNumberOfInstallments(tokens, times, others))
    return choosePlain(tokens, part ? [...others, part] : others)
  const choice = choosePlain(tokens, others)
  if (choice.status !== 'one') return choice
  if (part) also.push([after, part.end])
  return { ...choice, installments: count, also }
}

function only(amounts: readonly Amount[]): Amount | null {
  return amounts.length === 1 ? (amounts[0] ?? null) : null
}

function isYear({ plain }: Amount): boolean {
  return plain !== null && plain >= 1990 && plain <= 2099
}

function pick(tokens: readonly Token[], amounts: readonly Amount[]): Amount | null {
  const last = amounts.at(-1)
  const sure = amounts.filter((amount) => !amount.doubtful)
  const cued = sure.filter((amount) => PRICE_CUES.has(tokens[amount.start - 1]?.fold ?? ''))
  const priced = sure.filter((amount) => !isQuantity(tokens, amount, 99))
  // "1 bolo 30": a small number at the front, the price at the end.
  const opening = sure.filter(
    (amount) => amount === last || (amount.plain ?? 100) > 20 || !isFollowedByThing(tokens, amount),
  )
  // "camisa 10 do Flamengo 89,90": the only one with cents, beside small numbers that go on with "do".
  const cents = sure.filter((amount) => amount.decimals)
  const rest = sure.filter((amount) => !amount.decimals)
  const minor = rest.every(
    (amount) => (amount.plain ?? 100) < 100 && FILLERS.has(tokens[amount.end]?.fold ?? ''),
  )
  const timeless = sure.filter((amount) => !isYear(amount) && (amount.plain ?? 0) < 1e9)
  return (
    only(amounts) ??
    only(sure) ??
    only(sure.filter((amount) => amount.marked)) ??
    only(cued) ??
    only(priced) ??
    (last && isAtEnd(tokens, last) ? only(opening) : null) ??
    (minor ? only(cents) : null) ??
    only(timeless)
  )
}

function isFollowedByThing(tokens: readonly Token[], amount: Amount): boolean {
  const next = tokens[amount.end]
  return next?.kind === 'word' && !FILLERS.has(next.fold)
}

function isAtEnd(tokens: readonly Token[], amount: Amount): boolean {
  return !tokens.slice(amount.end).some((token) => token.kind === 'word' || token.kind === 'number')
}

function choosePlain(tokens: readonly Token[], amounts: readonly Amount[]): ChoiceResult {
  if (amounts.every((amount) => isQuantity(tokens, amount))) return { status: 'none' }
  const amount = pick(tokens, amounts)
  return amount ? { status: 'one', amount, installments: null, also: [] } : { status: 'several' }
}

/** The one price among the amounts of a message or a part of it. */
export function chooseAmount(tokens: readonly Token[], amounts: readonly Amount[]): ChoiceResult {
  for (const amount of amounts) {
    const count = timesOf(tokens, amount)
    if (count !== null) return withTimes(tokens, amounts, amount, count)
  }
  return choosePlain(tokens, amounts)
}
