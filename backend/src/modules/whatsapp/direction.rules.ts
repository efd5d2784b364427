/** Money in or money out, from verbs first, then from nouns; out where nothing is said. */
import type { Token } from './tokens.rules.ts'
import {
  EXPENSE_NOUNS,
  EXPENSE_VERBS,
  INCOME_NOUNS,
  INCOME_VERBS,
  PAID_BY_OTHERS,
  RECEIVED,
  STAFF,
  wordSet,
} from './vocabulary.rules.ts'

export type Direction = 'expense' | 'income'

export interface DirectionFound {
  readonly direction: Direction | null
  /** Tokens of verbs and of the pronoun before them: no part of a description. */
  readonly words: readonly number[]
}

const CUSTOMERS = wordSet('cliente clientes customer customers client clients inquilino inquilina tenant')

function paidByOthers(tokens: readonly Token[], index: number): boolean {
  if (!PAID_BY_OTHERS.has(tokens[index]?.fold ?? '')) return false
  const before = tokens[index - 1]?.fold ?? ''
  const after = tokens[index + 1]?.fold ?? ''
  // "me pagaram", "o cliente pagou", "gave me", "got paid"
  return before === 'me' || CUSTOMERS.has(before) || after === 'me' || (before === 'got' && after !== 'for')
}

const WALLETS = wordSet('venmo zelle paypal cashapp')

function isOwnIncome(tokens: readonly Token[], index: number): boolean {
  const word = tokens[index]?.fold ?? ''
  if (WALLETS.has(word)) return tokens[index + 1]?.fold === 'from'
  if (!INCOME_NOUNS.has(word)) return false
  return !tokens.slice(index + 1, index + 4).some((token) => STAFF.has(token.fold))
}

/** Reads the tokens of one purchase. */
export function findDirection(
  tokens: readonly Token[],
  from: number,
  to: number,
  taken: ReadonlySet<number>,
): DirectionFound {
  const words: number[] = []
  const said = new Set<Direction>()
  let first: Direction | null = null
  let received = false
  let noun = false
  for (let index = from; index < to; index += 1) {
    const word = tokens[index]?.fold ?? ''
    if (taken.has(index) || tokens[index]?.kind !== 'word') continue
    const byOthers = paidByOthers(tokens, index)
    const direction =
      byOthers || INCOME_VERBS.has(word) ? 'income' : EXPENSE_VERBS.has(word) ? 'expense' : null
    if (byOthers && ['me', 'got'].includes(tokens[index - 1]?.fold ?? '')) words.push(index - 1)
    if (byOthers && tokens[index + 1]?.fold === 'me') words.push(index + 1)
    if (direction) words.push(index)
    const decides = direction ?? (EXPENSE_NOUNS.has(word) ? 'expense' : null)
    if (decides) said.add(decides)
    first ??= decides
    received ||= byOthers || RECEIVED.has(word)
    noun ||= isOwnIncome(tokens, index)
  }
  const verb = said.size > 1 && received ? 'income' : first
  return { direction: verb ?? (noun ? 'income' : null), words }
}
