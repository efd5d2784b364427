/** Where the web goes on after a visit to the provider, and how a new person's own words are read from its. */
import { Email, Locale, LOCALES } from '@chronos/contracts/auth'
import { lineOf } from '@chronos/contracts/text'

/**
 * A path of our own, else the first page: `//other.site`, `/\other.site`, a tab in between and other spellings that a
 * browser reads as another site would lead away from here.
 */
export function ownPath(text: string | undefined, publicUrl: string): string {
  const { origin } = new URL(publicUrl)
  if (text === undefined || !text.startsWith('/') || !URL.canParse(text, origin)) return '/'
  const url = new URL(text, origin)
  const path = `${url.pathname}${url.search}${url.hash}`
  return url.origin === origin && !path.startsWith('//') ? path : '/'
}

/** As persons of ours are found by it; null for what is none. */
export function emailOf(text: string | null): string | null {
  return Email.safeParse(text).data ?? null
}

/** Cleaned as a name that somebody types; where there is none to read, what stands before the @. */
export function nameOf(text: string | null, email: string): string {
  const line = lineOf(1, 120)
  return line.safeParse(text).data ?? line.safeParse(email.split('@')[0]).data ?? email.slice(0, 120)
}

/** The language that the provider tells, else the browser's first that we speak, else English. */
export function localeOf(told: string | null, acceptLanguage: string | undefined): string {
  const wanted = [told, ...(acceptLanguage ?? '').split(',')].map((each) =>
    (each ?? '').split(';')[0]?.trim().replaceAll('_', '-'),
  )
  for (const tag of wanted) {
    const spoken = LOCALES.find((each) => each.slice(0, 2) === tag?.slice(0, 2).toLowerCase())
    if (spoken !== undefined) return Locale.safeParse(tag).data ?? spoken
  }
  return 'en'
}

/** Why a trip failed, as the library says it down to the first cause: sentences and codes, no claim and no token. */
export function reasonOf(error: unknown): string {
  const parts: string[] = []
  for (let at = error; at instanceof Error && parts.length < 5; at = at.cause) {
    const { code, error: oauth } = at as Error & { code?: unknown; error?: unknown }
    const words = [at.message, code, oauth].filter((each) => typeof each === 'string' && each !== '')
    parts.push(words.join(' '))
  }
  return parts.join(': ').slice(0, 500)
}
