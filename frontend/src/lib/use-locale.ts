import { useContext } from 'react'
import { useTranslation } from 'react-i18next'
import { SessionContext } from './session.tsx'

/**
 * The BCP 47 tag for Intl: the language on screen, in the person's own region where that speaks it. `es-MX` and `es-AR`
 * read the same words and write numbers differently.
 */
export function useLocale(): string {
  const { language } = useTranslation().i18n
  const own = useContext(SessionContext)?.user.locale
  return own !== undefined && own.split('-')[0] === language.split('-')[0] ? own : language
}
