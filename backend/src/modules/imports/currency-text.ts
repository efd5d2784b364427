/** Currency as banks name it: the ISO code, its number, or what people write on paper. */
import { isCurrency } from '@chronos/contracts/money'

const ALIASES: Readonly<Record<string, string>> = {
  R$: 'BRL', REAL: 'BRL', REAIS: 'BRL', '986': 'BRL', 'US$': 'USD', U$S: 'USD', '840': 'USD', '€': 'EUR', EURO: 'EUR',
  '978': 'EUR', '£': 'GBP', '826': 'GBP', MXP: 'MXN', '484': 'MXN', '032': 'ARS', '170': 'COP', '152': 'CLP', KČ: 'CZK',
  ZŁ: 'PLN', SFR: 'CHF', RMB: 'CNY', STG: 'GBP',
} // prettier-ignore

/** The ISO code of a printed currency; null where it is none that is in use. */
export function currencyOf(text: string): string | null {
  const code = text.trim().toUpperCase()
  if (isCurrency(code)) return code
  return ALIASES[code] ?? null
}
