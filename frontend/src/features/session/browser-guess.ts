import { isCurrency } from '@chronos/contracts/money'

/** The currency of the Americas' zones; elsewhere the browser's region decides. */
const CURRENCY_OF_REGION: Record<string, string> = {
  BR: 'BRL',
  AR: 'ARS',
  BO: 'BOB',
  CL: 'CLP',
  CO: 'COP',
  CR: 'CRC',
  CU: 'CUP',
  DO: 'DOP',
  EC: 'USD',
  ES: 'EUR',
  GB: 'GBP',
  GT: 'GTQ',
  HN: 'HNL',
  MX: 'MXN',
  NI: 'NIO',
  PA: 'USD',
  PE: 'PEN',
  PR: 'USD',
  PT: 'EUR',
  PY: 'PYG',
  SV: 'USD',
  US: 'USD',
  UY: 'UYU',
  VE: 'VES',
}

const CURRENCY_OF_ZONE: Record<string, string> = {
  'America/Asuncion': 'PYG',
  'America/Bogota': 'COP',
  'America/Buenos_Aires': 'ARS',
  'America/Caracas': 'VES',
  'America/Costa_Rica': 'CRC',
  'America/Guatemala': 'GTQ',
  'America/Guayaquil': 'USD',
  'America/La_Paz': 'BOB',
  'America/Lima': 'PEN',
  'America/Managua': 'NIO',
  'America/Mexico_City': 'MXN',
  'America/Montevideo': 'UYU',
  'America/Panama': 'USD',
  'America/Santiago': 'CLP',
  'America/Santo_Domingo': 'DOP',
  'America/Tegucigalpa': 'HNL',
}

const BRAZIL =
  /^America\/(Sao_Paulo|Bahia|Fortaleza|Recife|Belem|Manaus|Cuiaba|Campo_Grande|Porto_Velho|Boa_Vista|Rio_Branco|Maceio|Araguaina|Noronha|Santarem|Eirunepe)$/

export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'America/Sao_Paulo'
}

/** A guess to begin with: where the clock is says more than the language. */
export function guessCurrency(timeZone: string, languages: readonly string[]): string {
  if (BRAZIL.test(timeZone)) return 'BRL'
  if (timeZone.startsWith('America/Argentina/')) return 'ARS'
  const ofZone = CURRENCY_OF_ZONE[timeZone]
  if (ofZone !== undefined) return ofZone
  for (const language of languages) {
    const region = /-([A-Z]{2})\b/.exec(language)?.[1]
    const currency = region === undefined ? undefined : CURRENCY_OF_REGION[region]
    if (currency !== undefined && isCurrency(currency)) return currency
  }
  return timeZone.startsWith('Europe/') ? 'EUR' : languages[0]?.startsWith('pt') === true ? 'BRL' : 'USD'
}

/** The browser's own region of a language, `es-AR` for `es`: amounts and dates are written as people there do. */
export function regionalLocale(language: string, languages: readonly string[]): string {
  const base = language.split('-')[0]
  return languages.find((tag) => new RegExp(`^${base}-[A-Z]{2}$`).test(tag)) ?? language
}

/** All zones the browser knows, with one of its own that the list may lack. */
export function timeZones(own: string): string[] {
  const known = Intl.supportedValuesOf('timeZone')
  return known.includes(own) ? known : [own, ...known]
}

interface ZoneGroup {
  group: string
  items: { value: string; label: string }[]
}

/** Zones under their continent, so that the name of a city, as one types it, is what its choice begins with. */
export function zonesByContinent(zones: readonly string[]): ZoneGroup[] {
  const groups = new Map<string, ZoneGroup['items']>()
  for (const value of zones) {
    const [continent = '', ...place] = value.split('/')
    const items = groups.get(continent) ?? []
    items.push({ value, label: (place.join('/') || continent).replaceAll('_', ' ') })
    groups.set(continent, items)
  }
  return [...groups].map(([group, items]) => ({ group, items }))
}
