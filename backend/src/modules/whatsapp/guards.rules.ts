/** Messages with an amount that must not be recorded: questions, plans, denials, moves between own accounts. */
import { guessCategoryKey } from '../categories/category-guess.rules.ts'
import type { KnownAccount } from './accounts-hint.rules.ts'
import type { Amount } from './amounts.rules.ts'
import { fold, rawText } from './tokens.rules.ts'
import type { Token } from './tokens.rules.ts'
import {
  EXPENSE_VERBS,
  FUTURE_STARTS,
  FUTURE_WORDS,
  INCOME_NOUNS,
  INCOME_VERBS,
  PAID_BY_OTHERS,
  QUESTION_WORDS,
  TRANSFER_WORDS,
  wordSet,
} from './vocabulary.rules.ts'

export type Refusal = 'question' | 'future' | 'negated' | 'transfer' | 'negative'

const CARDS = wordSet('cartao tarjeta card')
const BILLS = wordSet('fatura resumen bill')
const ARTICLES = wordSet('o a la el meu minha mi my the off do da de del')

function isNegated(tokens: readonly Token[]): boolean {
  return tokens.some(({ fold: word }, index) => {
    const next = tokens[index + 1]?.fold ?? ''
    const verb = EXPENSE_VERBS.has(next) || INCOME_VERBS.has(next) || PAID_BY_OTHERS.has(next)
    if (word === 'no' || word === 'nunca' || word === 'never')
      return verb || (word === 'no' && ['me', 'se'].includes(next))
    return word === 'nao' || word === 'not' || /^(did|have|has|had|was|is|do|wo|ca)n['’]?t$/.test(word)
  })
}

function isFuture(tokens: readonly Token[]): boolean {
  const [first] = tokens
  if (first && FUTURE_STARTS.has(first.fold)) return true
  return tokens.some(({ fold: word }, index) => {
    const before = tokens[index - 1]?.fold ?? ''
    const next = tokens[index + 1]?.fold ?? ''
    // "mañana" is tomorrow; "esta mañana" and "por la mañana" are not.
    if (word === 'manana') return !['esta', 'la'].includes(before)
    if (word === 'voy' || word === 'vamos') return next === 'a' || word === 'vamos'
    if (word === 'going') return next === 'to'
    if (['tengo', 'tenho', 'have', 'has', 'tenemos', 'temos'].includes(word))
      return ['que', 'to', 'de'].includes(next)
    if (['semana', 'mes', 'week', 'month'].includes(word))
      return next === 'que' || ['proxima', 'proximo', 'next'].includes(before)
    return FUTURE_WORDS.has(word)
  })
}

/** "paguei a fatura do cartão", "pagué la tarjeta", "paid my credit card": the purchases are expenses already. */
function isCardBill(tokens: readonly Token[], accounts: readonly KnownAccount[]): boolean {
  const cards = accounts
    .filter(({ type }) => type === 'credit_card')
    .flatMap(({ name }) => fold(name).split(/\s+/))
  const named = (word: string) =>
    CARDS.has(word) || word === 'credito' || (word.length > 3 && cards.includes(word))
  return tokens.some(({ fold: word }, index) => {
    if (BILLS.has(word))
      return tokens.slice(Math.max(0, index - 2), index + 4).some((token) => named(token.fold))
    if (!EXPENSE_VERBS.has(word)) return false
    let at = index + 1
    while (ARTICLES.has(tokens[at]?.fold ?? '')) at += 1
    if (tokens[at]?.fold === 'credit') at += 1
    return at > index + 1 && CARDS.has(tokens[at]?.fold ?? '')
  })
}

function isTransfer(tokens: readonly Token[], accounts: readonly KnownAccount[]): boolean {
  if (isCardBill(tokens, accounts)) return true
  if (!tokens.some(({ fold: word }) => TRANSFER_WORDS.has(word))) return false
  const income = tokens.some(({ fold: word }, index) => {
    const byOthers = PAID_BY_OTHERS.has(word) && tokens[index - 1]?.fold === 'me'
    return byOthers || INCOME_VERBS.has(word) || INCOME_NOUNS.has(word)
  })
  // "taxa de transferência" is a bank's fee.
  return (
    !income &&
    guessCategoryKey(rawText(tokens), -1) !== 'finance.fees' &&
    !tokens.some(({ fold: word }) => ['fee', 'taxa', 'tarifa'].includes(word))
  )
}

/** "Quanto gastei…", "how much…": asks for figures, which may hold a number itself. */
export function asksForFigures(tokens: readonly Token[]): boolean {
  const first = tokens.find((token) => token.kind === 'word')?.fold ?? ''
  return ['quanto', 'quanta', 'cuanto', 'cuanta', 'how', 'qual', 'cual', 'what'].includes(first)
}

/** True for a question about money rather than a statement. */
function isQuestion(tokens: readonly Token[]): boolean {
  const first = tokens.find((token) => token.kind === 'word')?.fold ?? ''
  return tokens.some((token) => token.raw === '?' || token.raw === '¿') || QUESTION_WORDS.has(first)
}

/** Why a message with an amount is not recorded, null where it may be. */
export function refusalOf(
  tokens: readonly Token[],
  amounts: readonly Amount[],
  accounts: readonly KnownAccount[],
): Refusal | null {
  if (isQuestion(tokens)) return 'question'
  if (isNegated(tokens)) return 'negated'
  if (isFuture(tokens)) return 'future'
  if (isTransfer(tokens, accounts)) return 'transfer'
  return amounts.some((amount) => amount.sign === '-') ? 'negative' : null
}
