/** Messages without an amount: balance, spending, help, undo, greetings. */
import { guessCategoryKey } from '../categories/category-guess.rules.ts'
import { findAccount } from './accounts-hint.rules.ts'
import type { KnownAccount } from './accounts-hint.rules.ts'
import { monthSpan, weekStart } from './calendar.rules.ts'
import { findDates, monthIndex } from './dates.rules.ts'
import { rawText } from './tokens.rules.ts'
import type { Token } from './tokens.rules.ts'
import { GREETING_STARTS, GREETINGS, THANKS, THANKS_STARTS, wordSet } from './vocabulary.rules.ts'
import type { Language } from './vocabulary.rules.ts'

export type Period = 'day' | 'week' | 'month'

export type QueryIntent =
  | { readonly kind: 'balance'; readonly accountHint: string | null }
  | {
      readonly kind: 'spending'
      /** Money out, or money in where that was asked for. */
      readonly flow: 'expense' | 'income'
      /** Inclusive. */
      readonly from: string
      readonly to: string
      readonly period: Period
      /** Key of a category of the first tree. */
      readonly categoryKey: string | null
    }
  | { readonly kind: 'help' | 'undo' | 'greeting' | 'thanks' }

export interface QueryContext {
  readonly language: Language
  readonly locale: string
  readonly today: string
  readonly accounts: readonly KnownAccount[]
}

const BALANCE = wordSet('saldo saldos balance balances')
const BALANCE_PHRASES = [
  'quanto tenho',
  'quanto eu tenho',
  'quanto sobrou',
  'quanto dinheiro',
  'quanto ainda tenho',
  'quanto resta',
  'cuanto tengo',
  'cuanta plata',
  'cuanto dinero',
  'cuanto me queda',
  'cuanto queda',
  'how much do i have',
  'how much money',
  'how much is left',
  'what do i have',
  'quanto tem na conta',
  'quanto tem',
  'how much have i got',
  'plata que tengo',
  'dinheiro que tenho',
  'dinero que tengo',
  'quanto me resta',
]
const SPENDING = wordSet(
  `gasto gastos gastei gastamos gastado gaste despesa despesas resumo resumen summary extrato extracto relatorio reporte report spending
   spent spend expenses expense egresos movimientos`,
)
const EARNING = wordSet(
  `recebi recebimentos receitas receita ganhei ganhos entradas ingresos ingreso recibi cobre gane income earned earnings earn received receive
   receber entrou entro make made`,
)
const SPENDING_PHRASES = [
  'onde foi meu dinheiro',
  'onde foi o meu dinheiro',
  'para onde vai meu dinheiro',
  'adonde se fue mi dinero',
  'where did my money go',
  'where does my money go',
  'where is my money going',
  'en que se fue mi plata',
  'como foi o mes',
  'como foi meu mes',
  'how was my month',
]
const HELP = wordSet(
  'ajuda help ayuda socorro menu comandos comando commands instrucoes instrucciones opcoes opciones duvida auxilio aiuda',
)
const HELP_PHRASES = [
  'como funciona',
  'como usar',
  'como uso',
  'o que voce faz',
  'o que vc faz',
  'what can you do',
  'que puedes hacer',
  'que haces',
  'how does this work',
  'how do i use',
  'o que posso fazer',
  'o que da pra fazer',
  'que sabes hacer',
  'como te uso',
  'what do you do',
  'how does it work',
  'what is this',
  'o que e isso',
  'que es esto',
  'quem e voce',
  'quien eres',
  'who are you',
  'o que voce sabe fazer',
]
const UNDO = wordSet(
  `desfazer desfaz desfaca apagar apaga apague cancelar cancela cancele excluir exclui exclua deletar deleta remover remove errei errado
   deshacer deshaz borrar borra elimina eliminar anular anula equivoque revertir reverter estornar corrigir corregir
   undo delete cancel revert mistake oops ops wrong`,
)
const UNDO_FILLERS = wordSet(
  `isso isto este esse essa esta o a os as ultimo ultima lancamento registro transacao transaccion gasto despesa compra eso esto lo la el los
   anterior por favor please pls pf pfv tudo last one that it the this transaction entry record expense de do da que voce foi fue estava me
   my was i ta esta um una un mi meu minha te la ese movimiento operacao agora ahora`,
)

function has(form: string, phrases: readonly string[]): boolean {
  return phrases.some((phrase) => form.includes(phrase))
}

function spanOf(
  tokens: readonly Token[],
  { today, locale, language }: QueryContext,
): { from: string; to: string; period: Period } {
  const words = tokens.map((token) => token.fold)
  const near = (word: string, others: readonly string[]) =>
    words.some((candidate, index) => candidate === word && others.includes(words[index + 1] ?? ''))
  if (near('mes', ['passado', 'pasado', 'anterior']) || near('last', ['month']))
    return { ...monthSpan(today, 1), period: 'month' }
  if (near('semana', ['passada', 'pasada']) || near('last', ['week'])) {
    const monday = weekStart(today)
    return { from: weekStart(previousDay(monday)), to: previousDay(monday), period: 'week' }
  }
  if (words.includes('semana') || words.includes('week'))
    return { from: weekStart(today), to: today, period: 'week' }
  const [date] = findDates(tokens, { locale, language, today })
  if (date?.pick.status === 'ok') return { from: date.pick.date, to: date.pick.date, period: 'day' }
  const month = words.map(monthIndex).find((index) => index !== null)
  if (month === undefined || month === null) return { ...monthSpan(today, 0), to: today, period: 'month' }
  const back = (Number(today.slice(5, 7)) - 1 - month + 12) % 12
  return { ...monthSpan(today, back), period: 'month' }
}

function previousDay(date: string): string {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1, day - 1)).toISOString().slice(0, 10)
}

/** With "how much": "how much did groceries cost". */
const PRICE_ASKED = wordSet('cost paid pay paguei pago pagamos custou comprei pague costo compre custaram')
const NO_TOPIC = wordSet(
  'mes month semana week hoje hoy today total cartao show mostra mostrar muestra muestrame ver see give dame',
)

function spending(tokens: readonly Token[], form: string, context: QueryContext): QueryIntent | null {
  const words = tokens.map((token) => token.fold)
  const asked = words.some((word) => ['quanto', 'cuanto', 'how'].includes(word))
  const earns = words.some((word) => EARNING.has(word))
  const paid = asked && words.some((word) => PRICE_ASKED.has(word))
  const spends = paid || words.some((word) => SPENDING.has(word)) || has(form, SPENDING_PHRASES)
  if (!spends && !earns) return null
  if (earns && !spends && !asked && words.length > 4) return null
  const about = tokens.filter(
    ({ kind, fold: word }) =>
      kind === 'word' &&
      !SPENDING.has(word) &&
      !EARNING.has(word) &&
      !NO_TOPIC.has(word) &&
      monthIndex(word) === null,
  )
  const flow = earns && !spends ? 'income' : 'expense'
  const categoryKey = flow === 'expense' ? guessCategoryKey(rawText(about), -1) : null
  return { kind: 'spending', flow, ...spanOf(tokens, context), categoryKey }
}

function isUndo(words: readonly string[]): boolean {
  const rest = words.filter((word) => !UNDO.has(word) && !UNDO_FILLERS.has(word))
  return rest.length === 0 && words.some((word) => UNDO.has(word)) && words.length <= 8
}

/** @returns null when the message is none of these */
export function findQuery(tokens: readonly Token[], context: QueryContext): QueryIntent | null {
  const words = tokens.filter((token) => token.kind === 'word').map((token) => token.fold)
  const form = words.join(' ')
  const [first = ''] = words
  if (words.length === 0)
    return tokens.length > 0 && tokens.every((token) => token.raw === '?') ? { kind: 'help' } : null
  if (isUndo(words)) return { kind: 'undo' }
  if (THANKS_STARTS.has(first) && words.every((word) => THANKS.has(word))) return { kind: 'thanks' }
  if (words.every((word) => GREETINGS.has(word)) && GREETING_STARTS.has(first)) return { kind: 'greeting' }
  if (has(form, HELP_PHRASES) || (words.length <= 6 && words.some((word) => HELP.has(word))))
    return { kind: 'help' }
  if (words.length > 16) return null
  const asksSpending = spending(tokens, form, context)
  if (words.some((word) => BALANCE.has(word)) || (!asksSpending && has(form, BALANCE_PHRASES))) {
    const account = findAccount(tokens, 0, tokens.length, new Set(), context.accounts)
    return { kind: 'balance', accountHint: account?.name ?? null }
  }
  return asksSpending
}

/** How many tokens at the front are a greeting: "bom dia, mercado 52,90". */
export function greetingLength(tokens: readonly Token[]): number {
  if (!GREETING_STARTS.has(tokens[0]?.fold ?? '')) return 0
  let length = 0
  while (GREETINGS.has(tokens[length]?.fold ?? '') || [',', '!', '.'].includes(tokens[length]?.raw ?? ''))
    length += 1
  return length
}
