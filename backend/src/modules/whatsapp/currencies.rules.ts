/** Currencies as people write them next to an amount. */
import { isCurrency } from '@chronos/contracts/money'
import type { Token } from './tokens.rules.ts'
import { wordSet } from './vocabulary.rules.ts'

/** What a word or mark next to a number says about its currency. */
export type Unit =
  | { readonly kind: 'currency'; readonly code: string }
  /** Money, of the workspace's currency: "$", "conto", "pila". */
  | { readonly kind: 'local' }
  /** Slang for a thousand or a million of the workspace's currency: "20 lucas", "un palo". */
  | { readonly kind: 'scale'; readonly zeros: number }
  /** "pesos" where the workspace has no peso: which one is not known. */
  | { readonly kind: 'unclear' }

const PESOS = wordSet('ARS CLP COP CUP DOP MXN PHP UYU')
const DOLLARS = wordSet('USD CAD AUD NZD HKD SGD JMD TTD BSD BBD BZD XCD')
const CODES = wordSet('USD EUR BRL ARS CLP COP MXN PEN UYU PYG BOB GBP CAD AUD CRC GTQ HNL NIO DOP CHF JPY')

const FIXED: Readonly<Record<string, string>> = {
  r$: 'BRL',
  real: 'BRL',
  reais: 'BRL',
  reai: 'BRL',
  us$: 'USD',
  u$: 'USD',
  u$s: 'USD',
  '€': 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  '£': 'GBP',
  quid: 'GBP',
  's/': 'PEN',
  's/.': 'PEN',
  soles: 'PEN',
  '₲': 'PYG',
  gs: 'PYG',
  guarani: 'PYG',
  guaranies: 'PYG',
  bs: 'BOB',
  bolivianos: 'BOB',
  '₡': 'CRC',
  colones: 'CRC',
  quetzales: 'GTQ',
  lempiras: 'HNL',
  cordobas: 'NIO',
  mx$: 'MXN',
  cl$: 'CLP',
  ar$: 'ARS',
  col$: 'COP',
  uy$: 'UYU',
  a$: 'AUD',
}
const DOLLAR_WORDS = wordSet('dolar dolares dollar dollars buck bucks')

/** Slang of one country: elsewhere "3 mangos" are fruit and "2 pounds" a weight. */
const SLANG: Readonly<Record<string, ReadonlySet<string>>> = {
  BRL: wordSet('conto contos contito pila pilas prata pratas pau paus mango mangos'),
  ARS: wordSet('mango mangos guita'),
  UYU: wordSet('mango mangos'),
  MXN: wordSet('varo varos baro baros lana'),
  GBP: wordSet('pound pounds libra libras'),
}
const SCALED: Readonly<Record<string, number>> = {
  luca: 3,
  lucas: 3,
  luka: 3,
  lukas: 3,
  luquita: 3,
  luquitas: 3,
  palo: 6,
  palos: 6,
}
const LUCA_COUNTRIES = wordSet('ARS CLP COP PEN UYU')
export const CENT_WORDS = wordSet('centavo centavos cent cents centimo centimos')

/** What stands before a number: a sign of money or a code, never a word ("el sol 50" is no currency). */
export function unitBefore(token: Token | undefined, local: string): Unit | null {
  const sign = token?.kind === 'mark' || token?.fold === 'gs' || token?.fold === 'bs'
  return sign || CODES.has(token?.raw ?? '') ? unitOf(token, local) : null
}

/**
 * What stands after a number.
 * @param local the workspace's currency
 * @returns null when the token says nothing about money
 */
export function unitOf(token: Token | undefined, local: string): Unit | null {
  if (!token || token.kind === 'number') return null
  const word = token.fold
  const fixed = FIXED[word]
  if (fixed !== undefined && Object.hasOwn(FIXED, word)) return { kind: 'currency', code: fixed }
  if (word === '$' || SLANG[local]?.has(word)) return { kind: 'local' }
  const zeros = LUCA_COUNTRIES.has(local) && Object.hasOwn(SCALED, word) ? SCALED[word] : undefined
  if (zeros !== undefined) return { kind: 'scale', zeros }
  if (word === 'peso' || word === 'pesos')
    return PESOS.has(local) ? { kind: 'currency', code: local } : { kind: 'unclear' }
  if (DOLLAR_WORDS.has(word)) return { kind: 'currency', code: DOLLARS.has(local) ? local : 'USD' }
  const code = token.raw.toUpperCase()
  return CODES.has(code) && isCurrency(code) ? { kind: 'currency', code } : null
}
