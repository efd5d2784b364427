/** Words inside the rows of a CSV: marks of direction, balance lines, pending rows, and what tells purchases from payments. */
import { foldText } from './text-clean.ts'

const IN_MARKS = new Set(
  'c cr credit credito cred kredit k i in inflow h haben bij entrada entradas ingreso ingresos abono deposit deposito income eingang einnahme gutschrift recebido recebimento receita bevetel entree recette uznani + plus'.split(
    ' ',
  ),
)
const OUT_MARKS = new Set(
  'd dr db debit debito deb debet o out outflow s soll af saida saidas egreso egresos cargo retiro withdrawal expense ausgang ausgabe belastung despesa kiadas sortie depense - minus'.split(
    ' ',
  ),
)

/** A mark as it is compared: lower case, no accents; the bare signs stay. */
export function foldMark(text: string): string {
  const bare = text.trim()
  return bare === '+' || bare === '-' ? bare : foldText(bare)
}

export function directionOfMark(mark: string): 'in' | 'out' | null {
  const word = foldMark(mark)
  return IN_MARKS.has(word) ? 'in' : OUT_MARKS.has(word) ? 'out' : null
}

const BALANCE =
  /^(?:s a l d o|saldo(?: (?:anterior|inicial|final|total|atual|actual|parcial|do dia|dia|disponivel|disponible|bloqueado|em conta|invest.*|aplic.*|al .*|em \d.*|final do periodo|del periodo anterior|total disponivel dia|total dispon.*|de abertura|de fechamento|anter.*|ant))?|(?:opening|closing|beginning|ending|starting|previous|new|brought forward|available|ledger) balance.*|balance (?:brought|carried)(?: forward)?.*|balance (?:b f|c f)|turnover|anfangssaldo|endsaldo|tagessaldo|(?:alter|neuer) (?:kontostand|saldo)|kontostand(?: am .*)?|(?:ancien|nouveau) solde.*|solde(?: (?:initial|final|anterieur|precedent|crediteur|debiteur))?|(?:begin|eind) ?saldo|pocatecni zustatek|konecny zustatek)$/

/** Lines that banks put among the rows: opening balances, the day's balance, the turnover. */
export function isBalanceLine(text: string): boolean {
  return text.length < 80 && BALANCE.test(foldText(text))
}

/** A line without a date that sums up. */
export function isTotalLine(text: string): boolean {
  return /^(?:sub ?total|total|totais|totales|totals|summe|suma|gesamt|somme|totaal|saldo|solde|kontostand|balance)\b/.test(
    foldText(text),
  )
}

const PENDING =
  /^(?:pending|pendente|pendiente|processing|em processamento|en proceso|vorgemerkt|vorgemerkte|in behandeling|en attente|authorised|authorized|autorizado|autorizada|provisional|agendado|agendada|scheduled|a lancar|futuro|lancamento futuro|in attesa|nicht gebucht|uncleared|retenido|venter)\b/
const VOID =
  /^(?:declined|rejected|failed|canceled|cancelled|reverted|reversed|denied|expired|voided|recusad[oa]|cancelad[oa]|rejeitad[oa]|rechazad[oa]|anulad[oa]|falhou|fallid[oa]|abgelehnt|storniert|geweigerd|zruseno|refused|refuse)\b/

/** What a status says of a row that is not booked: it waits, or it never happened. Null for a booked one. */
export function unbookedStatus(text: string): 'pending' | 'void' | null {
  if (text === '') return null
  const word = foldText(text)
  return PENDING.test(word) ? 'pending' : VOID.test(word) ? 'void' : null
}

const MONEY_IN =
  /\b(?:salary|payroll|salario|nomina|sueldo|gehalt|lohn|salaire|deposit|deposito|direct ?dep|interest (?:paid|earned|credit)|rendimento|rendimentos|recebid[oa]s?|recibid[oa]s?|received|refund|reembolso|estorno|credito em conta|cashback|dividend|dividendo|dividendos|thank you|gracias|payment received|zahlung erhalten|paiement recu|pagamento recebido|pago recibido|inclusao de pagamento|autopay|gutschrift|income|receita|abono|venda|vendas)\b/
const MONEY_OUT =
  /\b(?:purchase|compra|compras|achat|sale|saque|withdrawal|retiro|retrait|tarifa|fee|fees|enviad[oa]s?|sent|rent|aluguel|alquiler|miete|loyer|grocery|groceries|supermercado|supermarket|mercado|restaurant|restaurante|uber|ifood|netflix|spotify|amazon|debit purchase|pos|anuidade|iof|juros|multa|parcela|bill|conta de luz|energia|farmacia|pharmacy|posto|padaria|coffee|cafe)\b/

/** What a row's words say of its direction, regardless of its sign. */
export function directionOfWords(text: string): 'in' | 'out' | null {
  const folded = foldText(text)
  if (MONEY_IN.test(folded)) return 'in'
  return MONEY_OUT.test(folded) ? 'out' : null
}
