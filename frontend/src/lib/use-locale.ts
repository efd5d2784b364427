import { useTranslation } from 'react-i18next'

/** The language on screen, for Intl. */
export function useLocale(): string {
  return useTranslation().i18n.language
}
