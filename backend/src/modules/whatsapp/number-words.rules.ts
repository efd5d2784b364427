/** Numbers written in words: "mil e duzentos", "doscientos cincuenta", "one hundred and twenty". */
import type { Token } from './tokens.rules.ts'
import type { Language } from './vocabulary.rules.ts'

function tableOf(list: string): ReadonlyMap<string, number> {
  return new Map(
    list.split(/\s+/).flatMap((entry) => {
      const [value = '', words = ''] = entry.split(':')
      return words.split('|').map((word) => [word, Number(value)] as const)
    }),
  )
}

/** Articles (um, un, a) are no numbers by themselves: "um pão", "un café". */
const WORDS: Readonly<Record<Language, ReadonlyMap<string, number>>> = {
  pt: tableOf(
    `2:dois|duas 3:tres 4:quatro 5:cinco 6:seis 7:sete 8:oito 9:nove 10:dez 11:onze 12:doze 13:treze 14:quatorze|catorze
     15:quinze 16:dezesseis 17:dezessete 18:dezoito 19:dezenove 20:vinte 30:trinta 40:quarenta 50:cinquenta 60:sessenta
     70:setenta 80:oitenta 90:noventa 100:cem|cento 200:duzentos|duzentas 300:trezentos|trezentas
     400:quatrocentos|quatrocentas 500:quinhentos|quinhentas 600:seiscentos|seiscentas 700:setecentos|setecentas
     800:oitocentos|oitocentas 900:novecentos|novecentas 1000:mil 1000000:milhao|milhoes`,
  ),
  es: tableOf(
    `2:dos 3:tres 4:cuatro 5:cinco 6:seis 7:siete 8:ocho 9:nueve 10:diez 11:once 12:doce 13:trece 14:catorce 15:quince
     16:dieciseis 17:diecisiete 18:dieciocho 19:diecinueve 20:veinte 21:veintiuno|veintiun 22:veintidos 23:veintitres
     24:veinticuatro 25:veinticinco 26:veintiseis 27:veintisiete 28:veintiocho 29:veintinueve 30:treinta 40:cuarenta
     50:cincuenta 60:sesenta 70:setenta 80:ochenta 90:noventa 100:cien|ciento 200:doscientos|doscientas
     300:trescientos|trescientas 400:cuatrocientos|cuatrocientas 500:quinientos|quinientas 600:seiscientos|seiscientas
     700:setecientos|setecientas 800:ochocientos|ochocientas 900:novecientos|novecientas 1000:mil
     1000000:millon|millones`,
  ),
  en: tableOf(
    `2:two 3:three 4:four 5:five 6:six 7:seven 8:eight 9:nine 10:ten 11:eleven 12:twelve 13:thirteen 14:fourteen
     15:fifteen 16:sixteen 17:seventeen 18:eighteen 19:nineteen 20:twenty 30:thirty 40:forty 50:fifty 60:sixty 70:seventy
     80:eighty 90:ninety 100:hundred 1000:thousand|grand 1000000:million`,
  ),
}
const ONES: Readonly<Record<Language, readonly string[]>> = {
  pt: ['um', 'uma'],
  es: ['un', 'uno', 'una'],
  en: ['one', 'a'],
}
const JOINERS: Readonly<Record<Language, readonly string[]>> = { pt: ['e'], es: ['y', 'con'], en: ['and'] }

export interface WordNumber {
  readonly value: number
  /** As in "dez e cinquenta" (10.50); null where there are none. */
  readonly cents: number | null
  /** Index after its last word. */
  readonly end: number
}

function partsOf(word: string, table: ReadonlyMap<string, number>): number[] | null {
  const values = word.split('-').map((part) => table.get(part))
  return values.every((value) => value !== undefined) ? values.map(Number) : null
}

interface State {
  total: number
  current: number
  /** The smallest scale used so far: after "mil" no second "mil". */
  scale: number
}

/** Adds one value by the grammar of cardinals; false when it does not fit. */
function add(state: State, value: number, language: Language): boolean {
  if (value >= 1000) {
    if (value >= state.scale) return false
    state.total += Math.max(state.current, 1) * value
    state.current = 0
    state.scale = value
    return true
  }
  if (value === 100 && language === 'en') {
    if (state.current > 99) return false
    state.current = Math.max(state.current, 1) * 100
    return true
  }
  const below = state.current % 100
  const afterTens = state.current % 10 === 0 && (below === 0 || below >= 20)
  const fits = value >= 100 ? state.current === 0 : value >= 10 ? below === 0 : afterTens
  if (!fits) return false
  state.current += value
  return true
}

/**
 * The number in words that begins at `start`.
 * @returns null when none begins there
 */
export function readNumberWords(
  tokens: readonly Token[],
  start: number,
  language: Language,
): WordNumber | null {
  const table = WORDS[language]
  const state: State = { total: 0, current: 0, scale: Infinity }
  const scaleFollows = (index: number) => (table.get(tokens[index + 1]?.fold ?? '') ?? 0) >= 100
  let end = start
  let index = start
  if (ONES[language].includes(tokens[start]?.fold ?? '') && scaleFollows(start)) {
    state.current = 1
    index += 1
  }
  for (;;) {
    const joined = index > start && JOINERS[language].includes(tokens[index]?.fold ?? '')
    const at = joined ? index + 1 : index
    const values = partsOf(tokens[at]?.fold ?? '', table)
    if (!values) break
    const fitted = { ...state }
    if (values.every((value) => add(fitted, value, language))) {
      Object.assign(state, fitted)
      index = at + 1
      end = index
      continue
    }
    const [cents = 0] = values
    const isCents = joined && cents >= 10 && cents < 100 && state.total + state.current < 1000
    if (isCents && end > start) return { value: state.total + state.current, cents, end: at + 1 }
    break
  }
  return end > start ? { value: state.total + state.current, cents: null, end } : null
}
