/** Texts in three languages. Only the language in use is loaded, and of that only what the pages in use need. */
import { LOCALES } from '@chronos/contracts/auth'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type en from '../locales/en/index.ts'
import type more from '../locales/en/more.ts'

export type AppLocale = (typeof LOCALES)[number]

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof more }
  }
}

const STORED = 'chronos.locale'

const LOADERS: Record<AppLocale, () => Promise<{ default: typeof en }>> = {
  'pt-BR': () => import('../locales/pt-BR/index.ts'),
  en: () => import('../locales/en/index.ts'),
  es: () => import('../locales/es/index.ts'),
}

const MORE: Record<AppLocale, () => Promise<{ default: typeof more }>> = {
  'pt-BR': () => import('../locales/pt-BR/more.ts'),
  en: () => import('../locales/en/more.ts'),
  es: () => import('../locales/es/more.ts'),
}

let moreWanted = false

/**
 * Brings the texts of the pages that are not in the first load (locales/…/more.ts). Routes of such pages await it in
 * `beforeLoad`; from then on a change of language brings them too.
 */
export async function wantMoreTexts(): Promise<void> {
  moreWanted = true
  await addMoreTexts(i18next.language as AppLocale)
}

async function addMoreTexts(locale: AppLocale): Promise<void> {
  if (i18next.exists('audit.title', { lng: locale })) return
  const texts = await MORE[locale]()
  i18next.addResourceBundle(locale, 'translation', texts.default, true, true)
}

/** The translation that serves a BCP 47 tag, or null: `pt-PT` reads pt-BR. */
export function translationOf(tag: string): AppLocale | null {
  const language = tag.toLowerCase().split('-')[0]
  return LOCALES.find((locale) => locale.toLowerCase().split('-')[0] === language) ?? null
}

/** What the person chose on this device, else the first of the browser's languages that there is, else pt-BR. */
export function preferredLocale(): AppLocale {
  const stored = storedLocale()
  if (stored) return stored
  for (const tag of navigator.languages) {
    const found = translationOf(tag)
    if (found) return found
  }
  return 'pt-BR'
}

export function storedLocale(): AppLocale | null {
  try {
    const stored = localStorage.getItem(STORED)
    return stored === null ? null : translationOf(stored)
  } catch {
    return null
  }
}

/** Loads a language and turns every text on screen into it. */
export async function speak(locale: AppLocale, remember: boolean): Promise<void> {
  const texts = await LOADERS[locale]()
  i18next.addResourceBundle(locale, 'translation', texts.default, true, true)
  if (moreWanted) await addMoreTexts(locale)
  await i18next.changeLanguage(locale)
  document.documentElement.lang = locale
  if (remember) localStorage.setItem(STORED, locale)
}

export async function startI18n(): Promise<void> {
  const locale = preferredLocale()
  const texts = await LOADERS[locale]()
  await i18next.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: { [locale]: { translation: texts.default } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = locale
}

export { i18next as i18n }

/** The text of a key that is put together while running, or null: what a newer server names may have no words yet. */
export function textOf(key: string, values: Record<string, unknown> = {}): string | null {
  if (!i18next.exists(key)) return null
  return (i18next.t as unknown as (name: string, options: Record<string, unknown>) => string)(key, values)
}
