/** Which account a message names: by its name, or by its kind ("no cartão", "in cash") where only one is of it. */
import type { AccountType } from '@chronos/contracts/accounts'
import { guessCategoryKey } from '../categories/category-guess.rules.ts'
import { fold } from './tokens.rules.ts'
import type { Token } from './tokens.rules.ts'
import { wordSet } from './vocabulary.rules.ts'

export interface KnownAccount {
  readonly name: string
  readonly type: AccountType
}

export interface AccountFound {
  readonly name: string | null
  readonly start: number
  /** Exclusive. */
  readonly end: number
}

const LEADS = wordSet(
  'em no na nos nas com via pelo pela por do da de cartao conta from with using on in by to into al a en con desde el la los mi meu minha my the tarjeta cuenta banco card account',
)
const STRONG = wordSet(
  'em no na com via pelo pela from with using on in by into en con desde cartao conta tarjeta cuenta al card',
)
const GENERIC = wordSet(
  `conta corrente cartao banco poupanca carteira cash checking savings account card cuenta tarjeta ahorro ahorros credito debito credit
   debit principal main da de do the of minha my mi pessoal personal empresa investimento`,
)
const KINDS: readonly (readonly [AccountType, readonly string[]])[] = [
  [
    'credit_card',
    [
      'cartao de credito',
      'tarjeta de credito',
      'credit card',
      'credito',
      'credit',
      'cartao',
      'tarjeta',
      'card',
    ],
  ],
  [
    'checking',
    [
      'cartao de debito',
      'tarjeta de debito',
      'debit card',
      'debito',
      'debit',
      'pix',
      'conta corrente',
      'transferencia',
    ],
  ],
  ['cash', ['dinheiro vivo', 'dinheiro', 'efectivo', 'cash', 'especie']],
  ['savings', ['poupanca', 'savings', 'ahorros']],
]

function phraseOf(text: string): string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

function matchesAt(tokens: readonly Token[], index: number, words: readonly string[]): boolean {
  return words.length > 0 && words.every((word, offset) => tokens[index + offset]?.fold === word)
}

interface Place {
  readonly start: number
  readonly end: number
  /** Led by a preposition, or closing the sentence. */
  readonly clear: boolean
}

function findPhrase(
  tokens: readonly Token[],
  from: number,
  to: number,
  words: readonly string[],
  taken: ReadonlySet<number>,
): Place | null {
  for (let index = to - words.length; index >= from; index -= 1) {
    if (!matchesAt(tokens, index, words)) continue
    let start = index
    while (start > from && !taken.has(start - 1) && LEADS.has(tokens[start - 1]?.fold ?? '')) start -= 1
    const led = tokens.slice(start, index).some((token) => STRONG.has(token.fold))
    const end = index + words.length
    const closes =
      index > from && tokens.slice(end, to).every((token, at) => token.kind === 'mark' || taken.has(end + at))
    // A full name of several words opens a message as well: "mercado pago 3000 kiosco".
    const opens = index === from && words.length > 1
    return { start: led ? start : index, end, clear: led || closes || opens }
  }
  return null
}

/** Names, longest first, then single words that belong to one account alone. */
function namesOf(accounts: readonly KnownAccount[]): { words: string[]; name: string }[] {
  const full = accounts.map(({ name }) => ({ words: phraseOf(name), name }))
  const counts = new Map<string, number>()
  for (const { words } of full)
    for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1)
  const single = full.flatMap(({ words, name }) =>
    words
      // "no mercado" is a shop, also beside an account named Mercado Pago.
      .filter(
        (word) =>
          word.length > 3 &&
          !GENERIC.has(word) &&
          counts.get(word) === 1 &&
          guessCategoryKey(word, -1) === null,
      )
      .map((word) => ({ words: [word], name })),
  )
  return [...full.sort((a, b) => b.words.length - a.words.length), ...single]
}

/** @returns null when no account is named; a kind without a matching account has the name null */
export function findAccount(
  tokens: readonly Token[],
  from: number,
  to: number,
  taken: ReadonlySet<number>,
  accounts: readonly KnownAccount[],
): AccountFound | null {
  for (const { words, name } of namesOf(accounts)) {
    const place = findPhrase(tokens, from, to, words, taken)
    if (place?.clear) return { name, start: place.start, end: place.end }
  }
  for (const [type, phrases] of KINDS)
    for (const phrase of phrases) {
      const place = findPhrase(tokens, from, to, phrase.split(' '), taken)
      if (!place?.clear) continue
      const matching = accounts.filter((account) => account.type === type)
      return {
        name: matching.length === 1 ? (matching[0]?.name ?? null) : null,
        start: place.start,
        end: place.end,
      }
    }
  return null
}
