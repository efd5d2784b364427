/** Finds the dates in a message: hoje, ayer, last friday, 12/11, dia 5, 5 de março, 3 days ago. */
import { addDays } from '@chronos/contracts/dates'
import { fullDate, lastDayAndMonth, lastDayOfMonth, lastWeekday } from './calendar.rules.ts'
import type { DatePick } from './calendar.rules.ts'
import type { Token } from './tokens.rules.ts'
import { wordSet } from './vocabulary.rules.ts'
import type { Language } from './vocabulary.rules.ts'

export interface FoundDate {
  readonly start: number
  /** Exclusive. */
  readonly end: number
  readonly pick: DatePick
}

export interface DateContext {
  readonly locale: string
  readonly language: Language
  readonly today: string
}

const TODAY = wordSet('hoje hoy today agora ahora hj')
const YESTERDAY = wordSet('ontem ayer yesterday anoche onte ont')
const BEFORE_YESTERDAY = wordSet('anteontem anteayer antier antes-de-ontem')
/** First words of every phrase below. */
const DAY_STARTS = new Set([
  ...TODAY,
  ...YESTERDAY,
  ...BEFORE_YESTERDAY,
  ...wordSet('antes the day last ontem ayer esta this hoje semana'),
])
const WEEKDAYS: readonly ReadonlySet<string>[] = [
  wordSet('domingo sunday'),
  wordSet('segunda segunda-feira segundafeira lunes monday'),
  wordSet('terca terca-feira tercafeira martes tuesday'),
  wordSet('quarta quarta-feira quartafeira miercoles wednesday'),
  wordSet('quinta quinta-feira quintafeira jueves thursday'),
  wordSet('sexta sexta-feira sextafeira viernes friday'),
  wordSet('sabado saturday'),
]
/** Portuguese weekdays that are ordinals, too: "segunda parcela" is no Monday. */
const ORDINAL_FOLLOWERS = wordSet(
  'parcela via vez prestacao mao dose aula cota metade edicao temporada fase rodada fatura quota mensalidade',
)
const MONTHS: readonly ReadonlySet<string>[] = [
  wordSet('janeiro enero january jan'),
  wordSet('fevereiro febrero february feb fev'),
  wordSet('marco marzo march'),
  wordSet('abril april apr abr'),
  wordSet('maio mayo may'),
  wordSet('junho junio june jun'),
  wordSet('julho julio july jul'),
  wordSet('agosto august aug ago'),
  wordSet('setembro septiembre setiembre september sept sep'),
  wordSet('outubro octubre october oct'),
  wordSet('novembro noviembre november nov'),
  wordSet('dezembro diciembre december dec dez dic'),
]
const PASSED = wordSet('passada passado pasado pasada ultimo ultima')
const COMING = wordSet('proxima proximo next')
const LEADS = wordSet('em no na nesta neste nessa on el este esta del da do de dia at la desde')
const AGO_UNITS: Readonly<Record<string, number>> = {
  dia: 1,
  dias: 1,
  day: 1,
  days: 1,
  semana: 7,
  semanas: 7,
  week: 7,
  weeks: 7,
}
const SMALL: Readonly<Record<string, number>> = {
  um: 1,
  uma: 1,
  un: 1,
  una: 1,
  a: 1,
  one: 1,
  dois: 2,
  duas: 2,
  dos: 2,
  two: 2,
  tres: 3,
  three: 3,
  quatro: 4,
  cuatro: 4,
  four: 4,
  cinco: 5,
  five: 5,
}

interface Hit {
  readonly end: number
  readonly pick: DatePick
}

function ok(date: string): DatePick {
  return { status: 'ok', date }
}

function fold(tokens: readonly Token[], index: number): string {
  return tokens[index]?.fold ?? ''
}

/** 0 to 11 of a month's name, null for another word. */
export function monthIndex(word: string): number | null {
  const index = MONTHS.findIndex((names) => names.has(word))
  return index < 0 ? null : index
}

function relativeDay(tokens: readonly Token[], index: number, today: string): Hit | null {
  const word = fold(tokens, index)
  if (!DAY_STARTS.has(word)) return null
  const phrase = (length: number) =>
    Array.from({ length }, (_, offset) => fold(tokens, index + offset)).join(' ')
  if (['antes de ontem', 'antes de ayer'].includes(phrase(3)))
    return { end: index + 3, pick: ok(addDays(today, -2)) }
  if (phrase(4) === 'the day before yesterday') return { end: index + 4, pick: ok(addDays(today, -2)) }
  if (phrase(3) === 'day before yesterday') return { end: index + 3, pick: ok(addDays(today, -2)) }
  if (['last night', 'ontem a', 'ayer a'].includes(phrase(2)))
    return { end: index + (word === 'last' ? 2 : 1), pick: ok(addDays(today, -1)) }
  if (BEFORE_YESTERDAY.has(word)) return { end: index + 1, pick: ok(addDays(today, -2)) }
  if (YESTERDAY.has(word)) return { end: index + 1, pick: ok(addDays(today, -1)) }
  if (['esta manana', 'this morning', 'hoje cedo', 'esta noche', 'esta tarde'].includes(phrase(2)))
    return { end: index + 2, pick: ok(today) }
  if (['semana passada', 'semana pasada', 'last week'].includes(phrase(2)))
    return { end: index + 2, pick: ok(addDays(today, -7)) }
  return TODAY.has(word) ? { end: index + 1, pick: ok(today) } : null
}

/** "há 3 dias", "hace una semana", "2 days ago", "3 dias atrás". */
function daysAgo(tokens: readonly Token[], index: number, today: string): Hit | null {
  const led = ['ha', 'hace', 'faz'].includes(fold(tokens, index))
  const at = led ? index + 1 : index
  const word = fold(tokens, at)
  const count = /^\d{1,2}$/.test(word) ? Number(word) : SMALL[word]
  const days = AGO_UNITS[fold(tokens, at + 1)]
  if (count === undefined || days === undefined) return null
  const trailed = ['atras', 'ago'].includes(fold(tokens, at + 2))
  if (!led && !trailed) return null
  return { end: at + 2 + (trailed ? 1 : 0), pick: ok(addDays(today, -count * days)) }
}

const SHORT_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** "sat", where it closes a message or follows "on" or "last": the sun and what sat are no days. */
function shortWeekday(tokens: readonly Token[], index: number): number {
  const led = ['on', 'last'].includes(fold(tokens, index - 1))
  return led || tokens[index + 1] === undefined ? SHORT_DAYS.indexOf(fold(tokens, index)) : -1
}

function weekday(tokens: readonly Token[], index: number, today: string): Hit | null {
  const named = WEEKDAYS.findIndex((names) => names.has(fold(tokens, index)))
  const day = named < 0 ? shortWeekday(tokens, index) : named
  if (day < 0 || ORDINAL_FOLLOWERS.has(fold(tokens, index + 1))) return null
  const feira =
    fold(tokens, index + 1) === 'feira' ||
    (fold(tokens, index + 1) === '-' && fold(tokens, index + 2) === 'feira')
  let end = index + (feira ? (fold(tokens, index + 1) === '-' ? 3 : 2) : 1)
  const comes = ['vem', 'viene'].includes(fold(tokens, end + 1)) || COMING.has(fold(tokens, end))
  if (comes || COMING.has(fold(tokens, index - 1)))
    return { end: end + (comes ? 2 : 0), pick: { status: 'future' } }
  if (PASSED.has(fold(tokens, end))) end += 1
  return { end, pick: ok(lastWeekday(today, day)) }
}

const COUNTED = wordSet('parcela parcelas cuota prestacao installment kg g l ml litro xicara pagina')

function numeric(tokens: readonly Token[], index: number, context: DateContext): Hit | null {
  // "parcela 3/10" and "1/2 kg" are no dates.
  if (COUNTED.has(fold(tokens, index - 1)) || COUNTED.has(fold(tokens, index + 3))) return null
  const joined: Token[] = []
  for (let at = index; at < index + 5 && (at === index || tokens[at]?.glued === true); at += 1) {
    const token = tokens[at]
    if (token) joined.push(token)
  }
  const text = joined.map((token) => token.raw).join('')
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/.exec(text)
  const slashed = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{4}|\d{2}))?(?![\d/])/.exec(text)
  const dashed =
    /^(\d{1,2})-(\d{1,2})-(\d{4}|\d{2})(?!\d)/.exec(text) ?? /^(\d{2})-(\d{2})(?![\d-])/.exec(text)
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?![\d.])/.exec(joined[0]?.raw ?? '')
  if (iso) {
    const pick = fullDate(context.today, Number(iso[1]), Number(iso[2]), Number(iso[3]))
    return pick && { end: index + 5, pick }
  }
  const match = slashed ?? dashed ?? dotted
  if (!match) return null
  const [first, second] = [Number(match[1]), Number(match[2])]
  const year = match[3]
  const monthFirst = /^en(-US|-PH)?$/i.test(context.locale) && slashed !== null
  const swap = monthFirst ? first <= 12 : second > 12
  const [day, month] = swap ? [second, first] : [first, second]
  const pick =
    year === undefined
      ? lastDayAndMonth(context.today, month, day)
      : fullDate(context.today, Number(year), month, day)
  return pick && { end: index + (dotted ? 1 : year === undefined ? 3 : 5), pick }
}

function dayAndMonth(tokens: readonly Token[], index: number, context: DateContext): Hit | null {
  const day = (at: number) =>
    /^([12]?\d|3[01]|0[1-9])$/.test(fold(tokens, at)) ? Number(fold(tokens, at)) : null
  const afterOrdinal = (at: number) =>
    /^(st|nd|rd|th|o|º|ro)$/.test(fold(tokens, at)) && tokens[at]?.glued ? at + 1 : at
  const first = day(index)
  let end: number
  let month: number | null
  if (first !== null) {
    const at = afterOrdinal(index + 1)
    const joined = ['de', 'of', 'del'].includes(fold(tokens, at)) ? at + 1 : at
    month = monthIndex(fold(tokens, joined))
    end = joined + 1
  } else {
    month = context.language === 'en' ? monthIndex(fold(tokens, index)) : null
    end = afterOrdinal(index + 2)
  }
  const number = first ?? day(index + 1)
  if (month === null || number === null) return null
  const yearAt = ['de', 'del', ','].includes(fold(tokens, end)) ? end + 1 : end
  const year = /^20\d\d$/.test(fold(tokens, yearAt)) ? Number(fold(tokens, yearAt)) : null
  const pick =
    year === null
      ? lastDayAndMonth(context.today, month + 1, number)
      : fullDate(context.today, year, month + 1, number)
  return pick && { end: year === null ? end : yearAt + 1, pick }
}

/** "dia 5", "el 5", "on the 5th". */
function dayOnly(tokens: readonly Token[], index: number, context: DateContext): Hit | null {
  const word = fold(tokens, index)
  const number = fold(tokens, index + 1)
  if (!/^([1-9]|0[1-9]|[12]\d|3[01])$/.test(number)) return null
  const ordinal = /^(st|nd|rd|th)$/.test(fold(tokens, index + 2)) && tokens[index + 2]?.glued === true
  if (['/', '.', '-', ':'].includes(tokens[index + 2]?.raw ?? '') && tokens[index + 2]?.glued) return null
  const named = word === 'dia' || (word === 'the' && ordinal) || (word === 'el' && context.language === 'es')
  // "el 5 de marzo" and "el 5 por ciento" are something else; "el 50" never gets here.
  const bare = word !== 'el' || tokens[index + 2] === undefined || tokens[index + 2]?.kind === 'break'
  const date = named && bare ? lastDayOfMonth(context.today, Number(number)) : null
  return date === null ? null : { end: index + (ordinal ? 3 : 2), pick: ok(date) }
}

function dateAt(tokens: readonly Token[], index: number, context: DateContext): Hit | null {
  return (
    relativeDay(tokens, index, context.today) ??
    daysAgo(tokens, index, context.today) ??
    weekday(tokens, index, context.today) ??
    numeric(tokens, index, context) ??
    dayAndMonth(tokens, index, context) ??
    dayOnly(tokens, index, context)
  )
}

const DAY_PARTS = [
  'a noite',
  'a tarde',
  'de manha',
  'de noite',
  'de tarde',
  'pela manha',
  'cedo',
  'por la noche',
  'por la manana',
  'por la tarde',
  'en la noche',
  'en la manana',
  'a la noche',
  'morning',
  'evening',
  'afternoon',
  'night',
].map((phrase) => phrase.split(' '))

/** "ontem à noite": the part of the day goes with the date. */
function withDayPart(tokens: readonly Token[], end: number): number {
  const part = DAY_PARTS.find((words) => words.every((word, offset) => fold(tokens, end + offset) === word))
  return end + (part?.length ?? 0)
}

/** Every date, in order, with the preposition that leads to it. */
export function findDates(tokens: readonly Token[], context: DateContext): FoundDate[] {
  const found: FoundDate[] = []
  let index = 0
  while (index < tokens.length) {
    const hit = dateAt(tokens, index, context)
    if (!hit) {
      index += 1
      continue
    }
    let start = index
    const previous = found.at(-1)?.end ?? 0
    while (start > previous && LEADS.has(fold(tokens, start - 1))) start -= 1
    // "last friday": the adjective goes with the day, but "último" alone says nothing.
    if (start > previous && fold(tokens, start - 1) === 'last') start -= 1
    const end = withDayPart(tokens, hit.end)
    found.push({ start, end, pick: hit.pick })
    index = end
  }
  return found
}
