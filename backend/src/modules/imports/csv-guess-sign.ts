/**
 * Whether a signed column prints money out as negative, as accounts do, or charges as positive, as cards do.
 * The running balance is the first witness, then what kind of file it is, then the words of its rows.
 */
import { foldHeading } from './csv-headings.ts'
import type { CsvRow } from './csv-rows.ts'
import type { CsvSurvey } from './csv-survey.ts'
import { directionOfWords } from './csv-words.ts'
import { foldText } from './text-clean.ts'

export interface SignGuess {
  positive: 'in' | 'out'
  certain: boolean
}

const CARD_HEADING =
  /\b(card|cartao|tarjeta|kreditkarte|kartennummer|kredietkaart|creditcard|cardid|cardmember|parcelas?|portador|cuotas?)\b/
const CARD_PREAMBLE =
  /\b(credit ?card|cartao de credito|fatura|tarjeta de credito|kreditkarte|carte de credit|american express|mastercard)\b/
const MERCHANT_HEADING = /\b(merchant|merchantname|estabelecimento|establecimiento|comercio|handelaar)\b/
/** Exports of cards whose headings say nothing of a card. */
const CARD_LAYOUTS = new Set(['date title amount', 'date category title amount', 'data lancamento valor'])
/** Only a card's statement has the payment of its own bill as money received. */
const BILL_PAID =
  /payment.*(?:received|thank)|thank you|pagamento recebido|pagamentos validos|inclusao de pagamento|pago recibido|(?:su|tu) pago|gracias por|autopay|paiement recu|zahlung erhalten/

export function isCardFile(survey: CsvSurvey): boolean {
  const headings = survey.layout.headerCells.map(foldHeading)
  return (
    headings.some((heading) => CARD_HEADING.test(heading)) ||
    CARD_PREAMBLE.test(foldText(survey.layout.preamble)) ||
    CARD_LAYOUTS.has(headings.filter((heading) => heading !== '').join(' '))
  )
}

interface Voices {
  positive: number
  negative: number
  agree: number
  oppose: number
  billPaidIn: number
  billPaidOut: number
}

/** @param rows the sample with amounts as printed (positive taken as money in), and all the text of each row */
export function chooseSign(
  survey: CsvSurvey,
  rows: readonly { row: CsvRow; text: string }[],
  balance: 'right' | 'turned' | 'silent',
): SignGuess {
  const card = isCardFile(survey)
  const voices = listen(rows)
  if (balance === 'turned') return { positive: 'out', certain: true }
  // The balance of a card may be a debt that grows with each charge: there the words decide.
  if (balance === 'right' && !(card && voices.oppose >= 2 && voices.oppose > voices.agree * 2)) {
    return { positive: 'in', certain: true }
  }
  if (voices.billPaidIn > voices.billPaidOut) return { positive: 'in', certain: true }
  if (voices.billPaidOut > 0 && voices.positive > 0) return { positive: 'out', certain: true }
  return card ? ofCard(voices) : ofAccount(survey, voices)
}

function listen(rows: readonly { row: CsvRow; text: string }[]): Voices {
  const voices = { positive: 0, negative: 0, agree: 0, oppose: 0, billPaidIn: 0, billPaidOut: 0 }
  for (const { row, text } of rows) {
    if (row.amountMinor === 0) continue
    const into = row.amountMinor > 0
    voices[into ? 'positive' : 'negative'] += 1
    if (BILL_PAID.test(foldText(text))) voices[into ? 'billPaidIn' : 'billPaidOut'] += 1
    const direction = directionOfWords(text)
    if (direction !== null) voices[(direction === 'in') === into ? 'agree' : 'oppose'] += 1
  }
  return voices
}

function ofCard({ positive, negative, agree, oppose }: Voices): SignGuess {
  if (positive > negative) return { positive: agree >= 2 && agree > oppose * 2 ? 'in' : 'out', certain: true }
  return { positive: oppose >= 2 && oppose > agree * 2 ? 'out' : 'in', certain: true }
}

function ofAccount(survey: CsvSurvey, { positive, negative, agree, oppose }: Voices): SignGuess {
  if (positive === 0) return { positive: 'in', certain: true }
  if (negative > 0) {
    if (positive <= negative) return { positive: 'in', certain: true }
    if (oppose >= 3 && oppose >= agree * 4) return { positive: 'out', certain: true }
    if (oppose >= 2 && agree === 0) return { positive: 'out', certain: oppose * 2 >= positive }
    const merchants = survey.layout.headerCells.some((cell) => MERCHANT_HEADING.test(foldHeading(cell)))
    return { positive: merchants && oppose > agree ? 'out' : 'in', certain: !(merchants && agree === 0) }
  }
  // Nothing negative at all: income, or a list of expenses without signs?
  if (oppose > agree) return { positive: 'out', certain: false }
  return { positive: 'in', certain: agree > 0 || (positive < 3 && survey.layout.headerLine !== null) }
}
