import { CURRENCIES } from '@chronos/contracts/money'
import { useMemo } from 'react'
import { useLocale } from '../../lib/use-locale.ts'

/** Currencies of the Americas and the two that travel, first; all others after. */
const NEAR = [
  'BRL',
  'USD',
  'EUR',
  'ARS',
  'CLP',
  'COP',
  'MXN',
  'PEN',
  'UYU',
  'PYG',
  'BOB',
  'CRC',
  'DOP',
  'GTQ',
]

/** Every currency by its code and its name in the person's language. */
export function useCurrencyOptions(): { value: string; label: string }[] {
  const locale = useLocale()
  return useMemo(() => {
    const names = new Intl.DisplayNames(locale, { type: 'currency' })
    const option = (code: string) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` })
    return [...NEAR, ...CURRENCIES.filter((code) => !NEAR.includes(code))].map(option)
  }, [locale])
}
