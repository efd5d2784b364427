/**
 * Every amount that a message may name, with what speaks for and against each. Which of them is meant is decided
 * later, by the sentence around; here nothing is dropped but what cannot be money: dates, times, measures, ordinals.
 */
import { currencyExponent } from '@chronos/contracts/money'
import { CENT_WORDS, unitBefore, unitOf } from './currencies.rules.ts'
import type { Unit } from './currencies.rules.ts'
import { decimalMark, readNumber } from './decimals.rules.ts'
import type { Reading } from './decimals.rules.ts'
import { readNumberWords } from './number-words.rules.ts'
import type { Token } from './tokens.rules.ts'
import { wordSet } from './vocabulary.rules.ts'
import type { Language } from './vocabulary.rules.ts'

export interface Amount {
  /** Tokens from `start` up to, not including, `end`: sign, currency, number, scale. */
  readonly start: number
  readonly end: number
  readonly reading: Reading
  /** The currency that was named, null where none was. */
  readonly currency: string | null
  /** "pesos" in a workspace without pesos. */
  readonly unclearCurrency: boolean
  /** Named as money: a currency, slang, or a sign. */
  readonly marked: boolean
  readonly decimals: boolean
  readonly sign: '+' | '-' | null
  /** The number where it is a plain whole one without mark or scale: a quantity or a year, perhaps. */
  readonly plain: number | null
  /** Probably the name of something: "iphone 15", "sala 3". Counts only where nothing else does. */
  readonly doubtful: boolean
}

export interface AmountContext {
  readonly locale: string
  readonly currency: string
  readonly language: Language
}

const MEASURES = wordSet(
  `kg kgs kilo kilos quilo quilos g gr grs gramas gramos grams l lt lts litro litros liter liters litre litres ml cm mm m mt mts metros
   meters km kms gb gigas giga mb tb min mins minutos minutes h hs hr hrs horas hours am pm lb lbs oz pcs und unid unidades units
   anos years meses months dias days semanas weeks noites noches nights diarias pessoas personas people pct pulgadas polegadas inch
   inches`,
)
const ORDINALS = wordSet('o a th st nd rd er ro ra do da va vo to ta ª º')
const NAMED_BY_NUMBER = wordSet(
  `apto ap apt sala mesa loja bloco numero num nro n pedido order nota nf invoice parcela cuota linha linea tamanho tam size talla modelo
   iphone galaxy ps playstation xbox nivel turma room table unit vol volume capitulo temporada parte fase top windows office gate
   br rota route km plan plano ticket quarto habitacion departamento depto lote aula turno cpf cnpj cep tel telefone telefono phone
   installment payment edicao edicion season episode levi uno`,
)
const SCALES: Readonly<Record<string, number>> = {
  k: 3,
  mil: 3,
  thousand: 3,
  grand: 3,
  mi: 6,
  mm: 6,
  milhao: 6,
  milhoes: 6,
  millon: 6,
  millones: 6,
  million: 6,
  millions: 6,
}
export const TIMES_WORDS = wordSet(
  'x × vezes parcelas prestacoes cuotas pagos mensualidades installments payments veces parcela',
)

interface Written {
  readonly end: number
  readonly text: string
  readonly zeros: number
  readonly decimals: boolean
  readonly inWords: boolean
}

function isMeasure(tokens: readonly Token[], next: number): boolean {
  const token = tokens[next]
  if (!token) return false
  if (token.raw === '%' || (token.raw === ':' && token.glued && tokens[next + 1]?.kind === 'number'))
    return true
  if (/^h\d{1,2}$/.test(token.fold) && token.glued) return true
  if (token.fold === 'por' && tokens[next + 1]?.fold === 'cento') return true
  return MEASURES.has(token.fold) || (token.glued && ORDINALS.has(token.fold))
}

/** Part of `3/10`, `15:30` or `12-11`: joined to another number by a mark. */
function isJoined(tokens: readonly Token[], index: number): boolean {
  const joins = (mark: Token | undefined) => mark?.glued === true && (mark.raw === '/' || mark.raw === ':')
  const before =
    tokens[index]?.glued === true && joins(tokens[index - 1]) && tokens[index - 2]?.kind === 'number'
  const after =
    joins(tokens[index + 1]) && tokens[index + 2]?.glued === true && tokens[index + 2]?.kind === 'number'
  return before || after
}

/** A second part after "mil": `2 mil e 500`, `20 mil quinientos`. */
function restAfterThousand(
  tokens: readonly Token[],
  at: number,
  language: Language,
): { value: number; end: number } | null {
  const joined = ['e', 'y', 'and'].includes(tokens[at]?.fold ?? '')
  const next = joined ? at + 1 : at
  const token = tokens[next]
  if (token?.kind === 'number') {
    const apart = tokens[next + 1]?.kind === 'word' && !token.raw.endsWith('0')
    return /^[1-9]\d\d$/.test(token.raw) && !apart ? { value: Number(token.raw), end: next + 1 } : null
  }
  const words = readNumberWords(tokens, next, language)
  return words && words.value < 1000 && words.value >= (joined ? 2 : 100) ? words : null
}

function readDigits(tokens: readonly Token[], index: number, language: Language): Written | null {
  const token = tokens[index]
  if (token?.kind !== 'number') return null
  const next = tokens[index + 1]
  const zeros = SCALES[next?.fold ?? ''] ?? 0
  const plain = { text: token.raw, zeros, decimals: /[.,]\d{1,2}$/.test(token.raw), inWords: false }
  if (zeros === 0) return { ...plain, end: index + 1 }
  const rest =
    zeros === 3 &&
    next?.fold !== 'k' &&
    /^\d{1,4}$/.test(token.raw) &&
    restAfterThousand(tokens, index + 2, language)
  if (!rest) return { ...plain, end: index + 2 }
  return { ...plain, text: String(Number(token.raw) * 1000 + rest.value), zeros: 0, end: rest.end }
}

function readWords(tokens: readonly Token[], index: number, language: Language): Written | null {
  const words = readNumberWords(tokens, index, language)
  if (!words) return null
  const cents = words.cents === null ? '' : `.${words.cents}`
  return {
    end: words.end,
    text: `${words.value}${cents}`,
    zeros: 0,
    decimals: words.cents !== null,
    inWords: true,
  }
}

/** "e cinquenta centavos", "and 50 cents" after whole units; null where there are none. */
function centsAfter(
  tokens: readonly Token[],
  at: number,
  language: Language,
): { cents: string; end: number } | null {
  if (!['e', 'y', 'con', 'and', 'com'].includes(tokens[at]?.fold ?? '')) return null
  const token = tokens[at + 1]
  const digits =
    token?.kind === 'number' && /^\d{1,2}$/.test(token.raw) ? { text: token.raw, end: at + 2 } : null
  const read = digits ?? readWords(tokens, at + 1, language)
  if (!read || !/^\d{1,2}$/.test(read.text) || !CENT_WORDS.has(tokens[read.end]?.fold ?? '')) return null
  return { cents: read.text.padStart(2, '0'), end: read.end + 1 }
}

function signBefore(tokens: readonly Token[], index: number): { sign: '+' | '-'; start: number } | null {
  const mark = tokens[index - 1]
  const value = tokens[index]
  if (!mark || !value?.glued || !['+', '-', '−', '–'].includes(mark.raw)) return null
  const opens =
    !mark.glued ||
    index === 1 ||
    tokens[index - 2]?.kind === 'break' ||
    unitBefore(tokens[index - 2], '') !== null
  return opens ? { sign: mark.raw === '+' ? '+' : '-', start: index - 1 } : null
}

interface Money {
  readonly unit: Unit | null
  readonly end: number
}

function unitAfter(tokens: readonly Token[], at: number, local: string): Money {
  const joined = tokens[at]?.fold === 'de' && unitOf(tokens[at + 1], local)?.kind === 'currency' ? at + 1 : at
  const unit = unitOf(tokens[joined], local)
  return unit ? { unit, end: joined + 1 } : { unit: null, end: at }
}

function amountAt(tokens: readonly Token[], index: number, context: AmountContext): Amount | null {
  const local = context.currency
  const written = readDigits(tokens, index, context.language) ?? readWords(tokens, index, context.language)
  if (!written || isJoined(tokens, index)) return null
  const next = tokens[written.end]
  const after = unitAfter(tokens, written.end, local)
  const glued = next?.kind === 'word' && next.glued && !written.inWords
  const times = TIMES_WORDS.has(next?.fold ?? '')
  if (!after.unit && (isMeasure(tokens, written.end) || (glued && !times && !CENT_WORDS.has(next.fold))))
    return null

  // As long as a phone number, and not marked as money.
  if (!after.unit && /^\d{11,13}$/.test(written.text) && !unitBefore(tokens[index - 1], local)) return null
  const sign = signBefore(tokens, index)
  const unitIndex = (sign?.start ?? index) - 1
  const before = unitBefore(tokens[unitIndex], local)
  const outer = before && !sign ? signBefore(tokens, unitIndex) : null
  const unit = after.unit ?? before
  const currency = unit?.kind === 'currency' ? unit.code : null
  const exponent = currencyExponent(currency ?? local)
  const format = { mark: decimalMark(context.locale, local), exponent }
  const zeros = written.zeros + (after.unit?.kind === 'scale' ? after.unit.zeros : 0)

  const onlyCents = !unit && CENT_WORDS.has(next?.fold ?? '') && /^\d{1,2}$/.test(written.text)
  const cents = onlyCents ? null : centsAfter(tokens, after.end, context.language)
  const text = onlyCents
    ? `0.${written.text.padStart(2, '0')}`
    : cents
      ? `${written.text}.${cents.cents}`
      : written.text
  const exact = written.inWords || onlyCents || cents !== null
  const reading = readNumber(text, exact ? { mark: '.', exponent } : format, zeros)
  if (!reading) return null
  const plain = /^\d{1,15}$/.test(written.text) && !unit && !sign && zeros === 0 && !onlyCents
  const shifted = tokens[index - 1]?.fold ?? ''
  return {
    start: outer?.start ?? (before ? unitIndex : (sign?.start ?? index)),
    end: cents?.end ?? (onlyCents ? written.end + 1 : after.end),
    reading,
    currency,
    unclearCurrency: unit?.kind === 'unclear',
    marked: unit !== null || onlyCents || sign !== null || outer !== null,
    decimals: written.decimals || cents !== null || onlyCents,
    sign: sign?.sign ?? outer?.sign ?? null,
    plain: plain ? Number(written.text) : null,
    doubtful:
      (plain && (NAMED_BY_NUMBER.has(shifted) || shifted === '#')) ||
      (written.text === '4' && next?.fold === 'k') ||
      (plain && written.text === '99'),
  }
}

/** @param taken tokens that mean something else already, as a date */
export function findAmounts(
  tokens: readonly Token[],
  taken: ReadonlySet<number>,
  context: AmountContext,
): Amount[] {
  const amounts: Amount[] = []
  for (let index = 0; index < tokens.length; index += 1) {
    if (taken.has(index)) continue
    const amount = amountAt(tokens, index, context)
    if (!amount) continue
    amounts.push(amount)
    index = Math.max(index, amount.end - 1)
  }
  return amounts
}
