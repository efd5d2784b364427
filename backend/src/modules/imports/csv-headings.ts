/**
 * What a column's heading says it holds, in the languages banks write: Portuguese, Spanish, English, German, French,
 * Dutch, Italian, and the Scandinavian, Czech, Slovak, Polish and Hungarian words. Headings are compared folded
 * (no accents, no signs, `(R$)` and the like taken off).
 */
import { foldText } from './text-clean.ts'

export type HeadingRole =
  | 'date'
  | 'amount'
  | 'out'
  | 'in'
  | 'flag'
  | 'balance'
  | 'currency'
  | 'description'
  | 'payee'
  | 'kind'
  | 'account'
  | 'id'
  | 'status'
  | 'fee'
  | 'foreign'
  | 'counterparty'
  | 'card'

export interface Heading {
  roles: ReadonlySet<HeadingRole>
  /** How well it fits as the date that counts: the transaction's own before the booking's before the value date. */
  dateRank: number
  /** How well it fits as the amount that counts. */
  amountRank: number
  /** The currency that the heading itself names: `Valor (R$)`, `bedrag in EUR`. */
  currency: string | null
}

const DATE_WORDS =
  /\b(date|data|datum|fecha|dato|day|dia|tag|buchungstag|bokforingsda\w*|transaktionsda\w*|valutada\w*|datums?|created|timestamp|wertstellung|buchung|dagur|ertek ?nap|started|completed|kobsdato|\w+datum|\w+dato|paivays)\b|date$|\bdatu?ma?\b|^f (oper|valor)/
const TRANSACTION_DATE =
  /(transac|transak|trans date|tranzakci|oper|compra|purchase|movim|mov\b|verrichting|provedeni|provedenia|execution|uitvoer|umsatz|beleg|kauf|started|consumo|abschluss)/
const BOOKING_DATE =
  /(post|book|buchung|boek|zauctovan|contab|compta|process|registr|ksieg|bokfor|aplica|verrekening|settle|complet|clear|lancamento|cargado)/
const VALUE_DATE = /(valu|valeur|valor|wert|rente|ertek|waluty|interest|efectiva|balancete|venc|due)/

const RULES: readonly [HeadingRole, RegExp][] = [
  ['foreign', /\b(orig\w*|foreign|fremdw\w*|local|oorspr\w*|povodn\w*|puvodni|extranjera|estrangeira|dolar(es)?|cotacao|cotizacion|rate|kurs|koers|wechselkurs|umrechnungskurs|cambio|fx|taxa de cambio|us|exchange\w*)\b/],
  ['counterparty', /(tegenrek|tegenpart\w* iban|counter ?(account|party)? ?(iban|number|no)|protiuc|gegenkonto|partner (iban|szaml)|partner number|empfanger(konto)?.?iban|kontonummer iban|konto.*(empf|beg)|destin.*(conta|cuenta)|payee account|nadawcy|odbiorcy|bic|swift|blz|bankleitzahl)/],
  ['balance', /\b(balance|saldo|saldos|solde|kontostand|egyenleg|zustatek|zostatok|running bal|accountbalance|bal|stand|saldo (po|na|do|apos)\b.*)\b/],
  ['fee', /^(fee|fees|total fees|taxa|taxas|tarifa|comision|poplatek|gebuhr|kosten\b.*|frais|prowizja|commission)$/],
  ['status', /^(status|state|state ?type|estado|situacao|estatus|stato|tila|transaction status|status da transacao|stav)$/],
  ['currency', /\b(currency|moeda|moneda|divisa|devise|wahrung|waehrung|munt|mena|valuta|ccy|cur|waluta|deviza\w*|buchungswahrung|valutacode|currency code|valiuta)\b/],
  ['flag', /^(d ?c|c ?d|s ?h|d ?k|dr ?cr|cr ?dr|af ?bij|credit ?debet|deb(it)? ?cred(it)?|credit ?debit|debit ?credit|debit ?kredit|deb cred|tipo|type|typ|natureza|tipo (de )?(lancamento|movimento|movimiento|operacion|transacao)|transaction type|soll ?haben|kredit ?debet|in ?out|direction|sentido|sens|bevetel kiadas|inflow outflow|debet kredit|credit debet|sign|signo|sinal|details|umsatz ?art|balance impact|entrada saida)$/],
  ['out', /^(debit(o|os|s)?|debet|debits? amount|debit amount|saidas?|cargos?|retiros?|withdrawals?( amount)?|paid out|money out|out|outflow|soll|belastung(en)?|ausgang|ausgaben?|sorties?|depenses?|egresos?|af|uit|uscite|dare|addebiti|obciazenia|gastos?|despesas?|pagos?|vydaje|kiadas|ut|amount debit|valor (debito|saida)|importe (cargo|debito)|monto (cargo|debito)|montant debit|debit montant|spent|charge amount|expense|expenses|withdrawal amt|debit amt)$/],
  ['in', /^(credit(o|os|s)?|kredit|credits? amount|credit amount|entradas?|abonos?|depositos?|deposits?( amount)?|paid in|money in|in|inflow|haben|gutschrift(en)?|eingang|einnahmen?|entrees?|recettes?|ingresos?|bij|entrate|avere|accrediti|uznania|receitas?|recebimentos?|prijmy|bevetel|inn|amount credit|valor (credito|entrada)|importe (abono|credito)|monto (abono|credito)|montant credit|credit montant|received|income|deposit amt|credit amt)$/],
  ['amount', /\b(amount|valor|importe|monto|betrag|montant|bedrag|importo|belopp|belob|belop|kwota|castka|suma|summe|osszeg\w*|quantia|value|net|netto|neto|liquido|gross|brutto|bruto|umsatz|buchungsbetrag|total|inflow|cantidad|amt|tranzakcio osszege|zauctovana castka|summa|sum|preco|price)\b/],
  ['card', /\b(card|cartao|tarjeta|kreditkarte|kartennummer|kredietkaart|creditcard|carte|cardid|kaart|kartyaszam|cardmember)\b/],
  ['account', /^(account|account (number|num|no|id|name)|acct( no)?|conta|conta (corrente|numero)|numero (da|de) conta|cuenta|numero de cuenta|nro de cuenta|konto|kontonummer|kontonr|auftragskonto|compte|numero de compte|rekening|rekeningnummer|iban|iban bban|iban auftraggeberkonto|auftraggeberkonto|cislo uctu|szamlaszam|numer (konta|rachunku)|cardid|card id|card (number|no)|numero (do|da) (cartao|tarjeta)|kartennummer|saskaitos numeris)$/],
  ['id', /^(id|fitid|trans(action)? ?id|transaktions ?(id|nr|nummer)|identificador|id (transakce|da transacao|transacao|de transaccion|operacion)|(transaction )?reference (number|no)|transaction reference( number)?|transferwise id|transactiereferentie|volgnr|volgnummer|buchungsreferenz|record id|transaction number|reference id|source id|codigo de transacao|end to end id|tx ?id|uuid|movement id|operation id|numero de operacion|codigo da transacao|referencni cislo transakce)$/],
  ['payee', /^(payee|payee name|name|naam|naam tegenpartij|naam van de tegenpartij|naam omschrijving|merchant|merchant ?name|handelaar|beneficiar(y|io)|beneficiary name|favorecido|estabelecimento|empfanger(in)?|zahlungsempfanger\w*( in)?|beguenstigter.*|auftraggeber (zahlungs)?empfanger|auftraggeber.*beg.*|counter ?party( name)?|counter ?account ?name|tegenpartij|razao social|nome|nombre|comercio|establecimiento|nazev protiuctu|nazov protiuctu|nadawca odbiorca|mottagare|modtager|partner|partner (name|neve)|destinatario|remetente( destinatario)?|payer( name)?|contraparte|counterparty|tegenrekeninghouder|namn|navn|nom|target name|zahlungspflichtige\w*( r)?)$/],
  ['description', /(descri|historico|\bconcepto\b|libelle|verwendungszweck|buchungstext|omschrijving|mededeling|causale|opis|tytul|zprava|sprava|poznam|message|meddelande|rubrik|beschreibung|motif|detalle|glosa|observa|kozlemeny|reszletek|narrative|particulars|memo|^lancamento$|toelichting|tekst|mensaje|leyenda|transaction details|^details?$|^label$|^text$|^title$|^titulo$|^transaktion$|^communications?$|^reason$|^note$|^notes$|^bokning|^subject$|^detalhes?$|^detalji$|^tieto|viesti|^selite$|^nom de l operation$|^movimiento$|^movimento$|^transaction$|^operacion$|^transacao$)/],
  ['kind', /^(category|categoria|kategorie|categorie|type|typ|tipo|transaction type|transaktionstyp|umsatzart|typ transakce|typ transakcji|mutatiesoort|type verrichting|kategori|transaktionstyp|tipo de .*|tranzakcio tipusa|code|codigo)$/],
] // prettier-ignore

const FOREIGN_AMOUNT = /(us\$|u\$s|\(us\$\)|usd)/i
const HOLDER =
  /(holder|kaarthouder|houder|nazev uctu|szamla neve|titular|card ?member|nome no cartao|cardholder)/
const CODE_IN_HEADING = /(?:\(|\bin |\bem |\ben |\s)(R\$|US\$|€|£|[A-Z]{3})\)?\s*$/

/** Folded, with what stands in brackets taken off: `Crédito (R$)` is `credito`. */
export function foldHeading(text: string): string {
  const words = text.replace(/([a-z])([A-Z])/g, '$1 $2')
  const bare = foldText(words.replace(/\([^)]*\)|\[[^\]]*\]/g, ' '))
  return bare === '' ? foldText(words) : bare.replace(/ (?:en )?euros?$/, '')
}

export function readHeading(text: string, currencyOf: (code: string) => string | null): Heading {
  const roles = new Set<HeadingRole>()
  const coded = CODE_IN_HEADING.exec(text.trim())
  const currency = coded?.[1] === undefined ? null : currencyOf(coded[1])
  const words = foldHeading(coded && currency !== null ? text.trim().slice(0, coded.index) : text)
  if (words !== '') {
    if (DATE_WORDS.test(words)) roles.add('date')
    for (const [role, pattern] of RULES) if (pattern.test(words)) roles.add(role)
    // A column that is headed by nothing but a currency holds money.
    if (currencyOf(text) !== null) roles.add('amount')
    if (HOLDER.test(words)) roles.delete('payee')
    if (roles.has('balance'))
      for (const role of ['amount', 'in', 'out', 'currency'] as const) roles.delete(role)
    if (roles.has('payee')) roles.delete('counterparty')
    if (roles.has('counterparty')) roles.delete('account')
  }
  return { roles, dateRank: dateRank(words), amountRank: amountRank(text, words, roles, currency), currency }
}

function dateRank(words: string): number {
  if (VALUE_DATE.test(words) && !TRANSACTION_DATE.test(words)) return 1
  if (TRANSACTION_DATE.test(words)) return 5
  if (/^(date|data|datum|fecha|dato|dia|day|data hora|fecha hora|date time)$/.test(words)) return 4
  return BOOKING_DATE.test(words) ? 3 : 2
}

function amountRank(
  text: string,
  words: string,
  roles: ReadonlySet<HeadingRole>,
  currency: string | null,
): number {
  if (roles.has('balance') || roles.has('fee')) return 0
  const foreign =
    roles.has('foreign') || (FOREIGN_AMOUNT.test(text) && /\(|em|en/.test(text) && currency === 'USD')
  if (!roles.has('amount')) return 0
  if (foreign) return 1
  // What reached the account, and what is in the account's own currency, before any other view of it.
  if (/\b(net|netto|neto|liquido|zauctovana|buchungsbetrag|rachunku)\b/.test(words)) return 5
  if (currency !== null) return 4
  return /\b(gross|brutto|bruto|total|price|preco|inflow)\b/.test(words) ? 2 : 3
}
